//! Form fields as multipart/form-data. The content type is not used: the first line is the boundary.

/// The longest boundary, including the two hyphens before it; the standard allows 72 characters.
const MAX_BOUNDARY: usize = 200;

/// Whether the body begins like multipart/form-data.
pub(super) fn is_multipart(body: &[u8]) -> bool {
    let Some((boundary, rest)) = split_line(body) else { return false };
    is_boundary(boundary) && read_headers(rest).is_some()
}

/// Returns name and value of each field; `None` if the body is incomplete. Bytes that are not UTF-8 become U+FFFD.
pub(super) fn read_fields(body: &[u8]) -> Option<Vec<(String, String)>> {
    let (boundary, mut rest) = split_line(body)?;
    if !is_boundary(boundary) {
        return None;
    }
    // The standard allows whitespace at the end of a boundary line.
    let boundary = boundary.trim_ascii_end();
    let mut fields = Vec::new();
    loop {
        let (name, content) = read_headers(rest)?;
        let (value, after, is_last) = split_at_boundary(content, boundary)?;
        if let Some(name) = name {
            fields.push((name, String::from_utf8_lossy(value).into_owned()));
        }
        if is_last {
            return Some(fields);
        }
        rest = after;
    }
}

fn is_boundary(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    (3..=MAX_BOUNDARY).contains(&line.len()) && line.starts_with(b"--") && line.iter().all(u8::is_ascii_graphic)
}

/// Splits off a line without its end; `None` if the text contains no end of a line.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = text.split_at_checked(end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..)?))
}

/// Returns the name of the field, if it has one, and the text after its headers; `None` if they are not headers of a
/// form.
fn read_headers(mut text: &[u8]) -> Option<(Option<String>, &[u8])> {
    let mut name = None;
    let mut is_form = false;
    loop {
        let (line, rest) = split_line(text)?;
        text = rest;
        if line.is_empty() {
            return is_form.then_some((name, text));
        }
        let line = String::from_utf8_lossy(line);
        let (header, value) = line.split_once(':')?;
        if header.trim().eq_ignore_ascii_case("content-disposition") {
            is_form = true;
            name = find_parameter(value, "name");
        }
    }
}

/// Finds a parameter of a header, such as `data` in `form-data; name="data"`.
fn find_parameter(header: &str, parameter: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, parameters)) = rest.split_once(';') {
        let (name, value) = parameters.split_once('=')?;
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at_checked(value.find(';').unwrap_or(value.len()))?,
        };
        if name.trim().eq_ignore_ascii_case(parameter) {
            return Some(value.trim().to_owned());
        }
        rest = after;
    }
    None
}

/// Splits at the next boundary line: returns the text before and after it, and whether it is the last one.
fn split_at_boundary<'a>(text: &'a [u8], boundary: &[u8]) -> Option<(&'a [u8], &'a [u8], bool)> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let (line, after) = split_line(rest).unwrap_or((rest, b""));
        if let Some(end) = line.strip_prefix(boundary) {
            let end = end.trim_ascii_end();
            if end.is_empty() || end == b"--" {
                let value = text.get(..at)?;
                // The end of the line before the boundary belongs to the boundary.
                let value = value.strip_suffix(b"\n").map_or(value, |value| value.strip_suffix(b"\r").unwrap_or(value));
                return Some((value, after, end == b"--"));
            }
        }
        // This is the last line, and not the closing boundary: the body is incomplete.
        if rest.len() == line.len() {
            return None;
        }
        at += rest.len() - after.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(boundary: &str, line_end: &str) -> String {
        let part = |head: &str, value: &str| [&format!("--{boundary}"), head, "", value].join(line_end) + line_end;
        [
            part("Content-Disposition: form-data; name=\"rsp_code\"", "SUCCESS"),
            part("content-disposition:form-data;name=md5", "00"),
            part("Content-Type: text/plain; charset=UTF-8\nContent-Disposition: form-data; filename=\"x\"; name=\"data\"", "a+b="),
            part("Content-Disposition: form-data", "without a name"),
            part("Content-Disposition: form-data; name=\"rsp_msg\"", "two\r\n--lines"),
            format!("--{boundary}--{line_end}"),
        ]
        .concat()
    }

    #[test]
    fn the_fields_of_every_client_are_read() {
        for boundary in ["----WebKitFormBoundaryx1Y2", "7d1", "0123-4567_'()+,./:=?"] {
            for line_end in ["\r\n", "\n"] {
                let body = body(boundary, line_end);
                assert!(is_multipart(body.as_bytes()));
                let fields = read_fields(body.as_bytes()).unwrap();
                let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let expected =
                    [("rsp_code", "SUCCESS"), ("md5", "00"), ("data", "a+b="), ("rsp_msg", "two\r\n--lines")];
                assert_eq!(fields, expected, "{body}");
                // The line end after the last boundary may be missing.
                assert_eq!(read_fields(body.trim_end().as_bytes()).unwrap().len(), 4);
            }
        }
    }

    #[test]
    fn truncated_or_other_bodies_are_not_multipart() {
        let whole = body("xyz", "\r\n");
        for length in 0..whole.len() - 4 {
            assert_eq!(read_fields(&whole.as_bytes()[..length]), None, "{length}");
        }
        for other in
            ["--", "--\r\n\r\n", "--x\r\n\r\nvalue\r\n--x--", "---\nname: value\n\n---\n", "data=x&md5=y", "- -x\r\n"]
        {
            assert!(!is_multipart(other.as_bytes()), "{other}");
            assert_eq!(read_fields(other.as_bytes()), None, "{other}");
        }
        let long = body(&"x".repeat(MAX_BOUNDARY), "\r\n");
        assert!(!is_multipart(long.as_bytes()));
    }

    #[test]
    fn many_parts_and_lines_cost_what_their_bytes_cost() {
        let parts = "--x\nContent-Disposition: form-data; name=a\n\n\n".repeat(20_000) + "--x--";
        assert_eq!(read_fields(parts.as_bytes()).unwrap().len(), 20_000);
        let lines = format!("--x\nContent-Disposition: form-data; name=a\n\n{}--x--", "--y\n".repeat(200_000));
        assert_eq!(read_fields(lines.as_bytes()).unwrap().len(), 1);
    }
}
