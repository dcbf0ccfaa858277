use ottpay::{Client, OrderId};

ottpay::actions!("./spec/with_one_mistake_and_many_uses");

async fn use_all(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let request: Ask = client.ask().order_id(OrderId::random()).colour(Colour::Red).build()?;
    let reply: AskReply = client.send(&request).await?;
    println!("{} {:?}", reply.order_id(), Ask::INFO);
    let good: Buy = client.buy().order_id(OrderId::random()).build()?;
    println!("{}", client.send(&good).await?.order_id());
    Ok(())
}

fn main() {}
