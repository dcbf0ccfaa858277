use ottpay::request::FieldText;
use ottpay::{Amount, IntoField, Problem};

impl IntoField<Amount> for f64 {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(&self.to_string());
        Ok(())
    }
}

fn main() {}
