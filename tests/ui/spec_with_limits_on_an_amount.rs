ottpay::actions!("./spec/with_limits_on_an_amount");

fn main() {}
