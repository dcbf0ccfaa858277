ottpay::actions!("./spec/with_a_tab");

fn main() {}
