ottpay::actions!("./spec/with_a_list_for_a_map");

fn main() {}
