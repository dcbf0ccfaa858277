ottpay::actions!("./spec/with_a_stray_file");

fn main() {}
