use ottpay::{Amount, IntoField, Problem};

impl IntoField<Amount> for f64 {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.to_string())
    }
}

fn main() {}
