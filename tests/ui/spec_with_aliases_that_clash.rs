ottpay::actions!("./spec/with_aliases_that_clash");

fn main() {}
