//! `--qr`: draws a payment link as a QR code in the terminal.

use std::io;

use ottpay::GATEWAY;
use ottpay::reply::Received;
use ottpay::spec::{ActionInfo, Role};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::failure::Failure;
use crate::{action, stderr, terminal};

/// Rejects an action whose reply has no payment link, before anything is sent.
pub(super) fn check_action(info: &ActionInfo) -> Result<(), Failure> {
    if info.reply_field(Role::PaymentLink).is_some() {
        return Ok(());
    }
    let with_link = GATEWAY.actions.iter().copied().filter(|info| info.reply_field(Role::PaymentLink).is_some());
    Err(Failure::usage(format!("--qr: the reply to {} has no payment link", info.name)).help(format!(
        "omit --qr; the replies to {} contain links",
        action::list_methods(&with_link.collect::<Vec<_>>())
    )))
}

/// Draws the reply's payment link as a QR code on standard error, because standard output is for data.
pub(super) fn draw_link(info: &ActionInfo, reply: &Received) {
    let drawn = match reply.role(info.reply, Role::PaymentLink) {
        Some(link) => draw(link, terminal::shows_colours(&io::stderr())),
        None => None,
    };
    stderr::print_line(drawn.as_deref().unwrap_or("note: the reply has no payment link to draw as a code"));
}

/// Draws a QR code, or returns `None` if the text is too long for one. With colours it is black on white, whatever the
/// terminal's colours are; without colours it is light on dark, as most terminals are.
fn draw(text: &str, colours: bool) -> Option<String> {
    let code = QrCode::new(text).ok().filter(|_| !text.is_empty())?;
    let mut renderer = code.render::<Dense1x2>();
    if !colours {
        return Some(renderer.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build());
    }
    let lines = renderer.build();
    // 16 and 231 are black and white. Unlike the first 16 colours, they do not depend on the terminal's theme.
    Some(lines.lines().map(|line| format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m")).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_of_half_blocks_with_a_quiet_zone() {
        let plain = draw("https://pay.example/T1", false).unwrap();
        let lines: Vec<_> = plain.lines().collect();
        // A code of version 2 has 25 modules a side, and 4 light ones around it.
        assert_eq!((lines.len(), lines[0].chars().count()), (17, 33), "{plain}");
        assert!(plain.chars().all(|character| " ▀▄█\n".contains(character)), "{plain}");
        assert!(lines[0].chars().all(|character| character == '█'), "the quiet zone is dark: {plain}");
        let coloured = draw("https://pay.example/T1", true).unwrap();
        assert!(coloured.lines().all(|line| line.starts_with("\x1b[") && line.ends_with("\x1b[0m")));
    }

    #[test]
    fn a_link_too_long_for_a_code_is_not_drawn() {
        assert!(draw(&"x".repeat(4000), false).is_none());
        assert!(draw("", false).is_none());
    }

    #[test]
    fn only_an_action_with_a_payment_link_is_drawn() {
        let info = |method| GATEWAY.find_method(method).unwrap();
        assert!(check_action(info("active_pay")).is_ok());
        assert!(check_action(info("status_query")).is_err() && check_action(info("refund")).is_err());
    }
}
