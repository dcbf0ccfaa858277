//! The steps in the order in which opening performs them. They try what [`open`](crate::envelope::open) tries.

use ottpay_vocabulary::Cipher;
use zeroize::Zeroizing;

use super::explanation::{Derivation, Explanation, Failure, Step};
use super::limits::MAX_BODY;
use super::readings::{Chosen, Reading, choose_reading, readings};
use super::tries::{Try, list_tries};
use super::wording::{escape_controls, name_cipher};
use super::work::Work;
use super::written::{Member, Written, write_forms};
use super::{body_causes, digest_causes, key_causes};
use crate::SignKey;
use crate::envelope::cipher::key_digest;
use crate::envelope::digest::DigestForm;
use crate::envelope::digest::is_md5;
use crate::envelope::fields::Fields;
use crate::envelope::message::Message;
use crate::envelope::multipart;
use crate::envelope::open::{OpenError, rank, verify};
use crate::envelope::value::Value;

/// A step failed; the explanation contains the rest.
struct Stopped;

/// Explains a body: a request, a reply or a callback, as JSON, Base64 of JSON or a form.
///
/// It is verified if [`Recipient::open`](crate::incoming::Recipient::open) would return the fields of what
/// [`Message::read_callback`](crate::envelope::Message::read_callback) reads, for any merchant. There are two
/// exceptions: a body over 1 MiB is not examined, and a request that is a form, which the gateway rejects, is not
/// verified.
///
/// The number of attempts to find a cause is limited, and the cause states if not all were made.
///
/// ```
/// # use ottpay_runtime::{Cipher, SignKey, envelope::explain::explain};
/// let key = SignKey::new("6698851A525C9433")?;
/// let explanation = explain(b"<html>502 Bad Gateway</html>", &key, Cipher::Aes128Ecb);
/// let problem = explanation.problem().ok_or("a page is not a message")?;
/// assert_eq!(problem.what, "expected a JSON object, but the body is an HTML or XML page");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(body: &[u8], key: &SignKey, cipher: Cipher) -> Explanation {
    let mut explanation = Explanation::default();
    // The steps record where it stopped.
    let mut work = Work::new();
    let _: Result<(), Stopped> = walk_steps(body, key, cipher, &mut work, &mut explanation);
    #[cfg(test)]
    {
        explanation.work = work.spent();
    }
    // At the end, so that no text is added after it.
    explanation.hide_key(key);
    explanation
}

/// The message to open, and how.
struct Opening<'a> {
    message: &'a Message<'a>,
    data: &'a str,
    md5: &'a str,
    key: &'a SignKey,
    cipher: Cipher,
    tries: Vec<Try>,
}

fn walk_steps(
    body: &[u8],
    key: &SignKey,
    cipher: Cipher,
    work: &mut Work,
    found: &mut Explanation,
) -> Result<(), Stopped> {
    let message = &read_message(body, found)?;
    // `read_message` has recorded every other case as a failed step.
    let Ok(Some((data, md5))) = message.sealed_members() else { return Err(Stopped) };
    check_md5_form(md5, found)?;
    let opening = Opening { message, data, md5, key, cipher, tries: list_tries(data, md5, key) };
    // There is always an attempt: `data` and `md5` as they are written.
    let Some((attempt, error)) = opening.find_best_attempt() else { return Err(Stopped) };
    let bytes = opening.decode_data(attempt, found)?;
    opening.record_derivation(attempt, found);
    let text = opening.decrypt_data(attempt, bytes, error, work, found)?;
    let readings = readings(&text);
    let (reading, fields) = read_object(&readings, md5, found)?;
    let members: Vec<Member<'_>> = fields.iter().collect();
    let forms = write_forms(&members);
    let form = record_concatenation(&members, &forms, md5, found);
    opening.compare_digests(reading, &members, &forms, form, work, found)
}

fn pass_step(found: &mut Explanation, title: &'static str, details: Vec<String>) {
    found.steps.push(Step { title, details, failure: None });
}

fn fail_step<T>(
    found: &mut Explanation,
    title: &'static str,
    details: Vec<String>,
    what: impl ToString,
    cause: impl Into<Option<String>>,
) -> Result<T, Stopped> {
    let failure = Failure { what: what.to_string(), cause: cause.into() };
    found.steps.push(Step { title, details, failure: Some(failure) });
    Err(Stopped)
}

fn read_message<'a>(body: &'a [u8], found: &mut Explanation) -> Result<Message<'a>, Stopped> {
    const TITLE: &str = "read the body";
    let mut details = vec![format_count(body.len(), "byte")];
    if body.len() > MAX_BODY {
        let cause = "messages of the gateway are far shorter; check the source of the body".to_owned();
        return fail_step(found, TITLE, details, "expected at most 1 MiB, but the body is longer", cause);
    }
    let message = match Message::read_callback(body) {
        Ok(message) => message,
        Err(error) => return fail_step(found, TITLE, details, error, body_causes::explain_body(body, error)),
    };
    // What `read_callback` accepts and `read` does not is a form.
    let is_form = Message::read(body).is_err();
    details.push(match is_form {
        true if multipart::is_multipart(body.trim_ascii()) => "form fields, as multipart/form-data".to_owned(),
        true => "form fields".to_owned(),
        false if body_causes::starts_as_object(body) => "plain JSON".to_owned(),
        false => "JSON, Base64-encoded as a whole".to_owned(),
    });
    let names: Vec<_> = message.names().map(|name| format!("`{}`", escape_controls(name))).collect();
    details.push(format!("members: {}", names.join(", ")));
    if let Some(code) = message.code() {
        details.push(format!("code: {} (not authenticated)", escape_controls(&code)));
    }
    if is_form && message.text("action").is_some() {
        let what = "expected a JSON object, but the request is a form";
        let cause = "only callbacks may be forms; send the request as JSON".to_owned();
        return fail_step(found, TITLE, details, what, cause);
    }
    if let Err(error) = message.check_members() {
        return fail_step(found, TITLE, details, error, body_causes::explain_body(body, error));
    }
    match message.sealed_members() {
        Ok(Some(_)) => {
            pass_step(found, TITLE, details);
            Ok(message)
        }
        Ok(None) => {
            let what = "expected `data` and `md5`, found neither: there is nothing to open";
            fail_step(found, TITLE, details, what, body_causes::explain_missing_data(&message))
        }
        Err(error) => fail_step(found, TITLE, details, error, body_causes::explain_missing_half(&message)),
    }
}

fn check_md5_form(md5: &str, found: &mut Explanation) -> Result<(), Stopped> {
    const TITLE: &str = "check the form of md5";
    found.md5_received = Some(md5.to_owned());
    let details = vec![format!("{}: {}", format_count(md5.chars().count(), "character"), escape_controls(md5))];
    if !is_md5(md5) {
        return fail_step(found, TITLE, details, OpenError::Md5Form, body_causes::explain_md5(md5));
    }
    pass_step(found, TITLE, details);
    Ok(())
}

impl Opening<'_> {
    /// Returns the attempt that succeeds, or the one that gets furthest.
    fn find_best_attempt(&self) -> Option<(&Try, Option<OpenError>)> {
        let mut best: Option<(&Try, OpenError)> = None;
        for attempt in &self.tries {
            let error = match &attempt.bytes {
                Err(error) => *error,
                Ok(bytes) => match verify(bytes, self.md5, &attempt.key, self.cipher) {
                    Ok(_) => return Some((attempt, None)),
                    Err(error) => error,
                },
            };
            if best.is_none_or(|(_, furthest)| rank(error) > rank(furthest)) {
                best = Some((attempt, error));
            }
        }
        best.map(|(attempt, error)| (attempt, Some(error)))
    }

    fn decode_data<'a>(&self, attempt: &'a Try, found: &mut Explanation) -> Result<&'a [u8], Stopped> {
        const TITLE: &str = "decode data from Base64";
        let mut details = vec![format_count(self.data.chars().count(), "character")];
        match &attempt.bytes {
            Err(error) => fail_step(found, TITLE, details, error, body_causes::explain_data(self.data)),
            Ok(bytes) => {
                if attempt.is_blank_plus {
                    details.push("spaces replaced with `+`: a form decoder had turned `+` into spaces".to_owned());
                } else if self.data.contains([' ', '\t', '\r', '\n']) {
                    details.push("whitespace ignored".to_owned());
                }
                details.push(format!("{} bytes, {} of 16", bytes.len(), format_count(bytes.len() / 16, "block")));
                pass_step(found, TITLE, details);
                Ok(bytes)
            }
        }
    }

    fn record_derivation(&self, attempt: &Try, found: &mut Explanation) {
        let mut details = vec!["MD5(md5 + sign key) as upper-case hex, characters 8 to 23 counted from 0".to_owned()];
        if attempt.md5 != self.md5 {
            details.push("md5 converted to upper case first".to_owned());
        }
        pass_step(found, Derivation::STEP, details);
        let digest = Zeroizing::new(base16ct::upper::encode_string(&*key_digest(&attempt.md5, self.key)));
        let key = Zeroizing::new(String::from_utf8_lossy(attempt.key.as_bytes()).into_owned());
        found.derivation = Some(Derivation { digest, key });
    }

    fn decrypt_data(
        &self,
        attempt: &Try,
        bytes: &[u8],
        error: Option<OpenError>,
        work: &mut Work,
        found: &mut Explanation,
    ) -> Result<Zeroizing<String>, Stopped> {
        const TITLE: &str = "decrypt data";
        let mut details = vec![name_cipher(self.cipher).to_owned()];
        let Some(plaintext) = attempt.key.decrypt_in_place(self.cipher, bytes.to_vec()) else {
            details.push("PKCS#7 padding: wrong".to_owned());
            return fail_step(found, TITLE, details, OpenError::Undecryptable, self.explain_key(work));
        };
        details.push(format!("PKCS#7 padding: {}", format_count(bytes.len().saturating_sub(plaintext.len()), "byte")));
        let text = match String::from_utf8(plaintext) {
            Ok(text) => Zeroizing::new(text),
            Err(_) => {
                details.push("the bytes are not UTF-8".to_owned());
                return fail_step(found, TITLE, details, OpenError::NotUtf8, self.explain_key(work));
            }
        };
        details.push(format!("{} of text", format_count(text.len(), "byte")));
        found.plaintext = Some(text.clone());
        if let Some(error @ OpenError::NotJson) = error {
            details.push(format!("text: {}", escape_controls(&text)));
            let cause = key_causes::explain_not_json(&text, self.md5).unwrap_or_else(|| self.explain_key(work));
            return fail_step(found, TITLE, details, error, cause);
        }
        pass_step(found, TITLE, details);
        Ok(text)
    }

    /// Explains why the data does not decrypt.
    fn explain_key(&self, work: &mut Work) -> String {
        let merchant = self.message.text("merchant_id");
        key_causes::explain_key(&self.tries, self.data, self.md5, self.key, self.cipher, merchant, work)
    }

    fn compare_digests(
        &self,
        reading: &Reading<'_>,
        members: &[Member<'_>],
        forms: &[Written<'_>],
        form: Option<DigestForm>,
        work: &mut Work,
        found: &mut Explanation,
    ) -> Result<(), Stopped> {
        const TITLE: &str = "compare the digests";
        let mut details = vec![format!("received: {}", self.md5)];
        if let [only] = forms {
            details.push(format!("computed: {}", only.digest));
        } else {
            for each in forms {
                let fits = if Some(each.form) == form { " (this one)" } else { "" };
                let described = digest_causes::describe_form(each.form);
                details.push(format!("computed: {}, with {described}{fits}", each.digest));
            }
        }
        if form.is_some() {
            pass_step(found, TITLE, details);
            found.is_verified = true;
            return Ok(());
        }
        if reading.stand_in.is_some() {
            return fail_step(
                found,
                TITLE,
                details,
                OpenError::LoneSurrogate,
                digest_causes::LONE_SURROGATE.to_owned(),
            );
        }
        let cause = digest_causes::explain_digest(&reading.text, members, forms, self.message, self.key, work);
        fail_step(found, TITLE, details, OpenError::Digest, cause)
    }
}

/// A reading, and the fields of the object in it.
type ReadObject<'a, 'b> = (&'a Reading<'b>, Fields);

/// Returns the fields of the object in the chosen reading.
fn read_object<'a, 'b>(
    readings: &'a [Reading<'b>],
    md5: &str,
    found: &mut Explanation,
) -> Result<ReadObject<'a, 'b>, Stopped> {
    const TITLE: &str = "read the JSON object";
    let Some(Chosen { reading, object, error: refusal }) = choose_reading(readings, md5) else { return Err(Stopped) };
    let mut details = vec![format!("text: {}", escape_controls(&reading.text))];
    if let Some(stand_in) = reading.stand_in {
        details.push(format!("half of a surrogate pair, such as \\ud83c, read as {stand_in}"));
    }
    match object {
        Ok(fields) => {
            details.push(format_count(fields.len(), "member"));
            pass_step(found, TITLE, details);
            found.fields = fields.iter().map(|(name, value)| (name.to_owned(), format_value(value))).collect();
            Ok((reading, fields))
        }
        Err(error) => {
            let cause = digest_causes::explain_no_object(&reading.text, md5, error);
            fail_step(found, TITLE, details, refusal.unwrap_or_else(|| OpenError::from(error)), cause)
        }
    }
}

/// Determines the form in which values are digested: the one that matches the digest, else the plain one.
fn record_concatenation(
    members: &[Member<'_>],
    forms: &[Written<'_>],
    md5: &str,
    found: &mut Explanation,
) -> Option<DigestForm> {
    let fitting = forms.iter().find(|written| written.digest.eq_ignore_ascii_case(md5));
    let plain = || forms.iter().find(|written| written.form == DigestForm::TextNullEmpty);
    let shown = fitting.or_else(plain)?;
    let mut details = Vec::with_capacity(members.len() + 1);
    for ((name, _), text) in members.iter().zip(&shown.texts) {
        details.push(format!("{} = {}", escape_controls(name), escape_controls(text)));
    }
    let all = shown.texts.concat();
    details.push(format!("concatenated: {}", escape_controls(&all)));
    pass_step(found, "concatenate the values, sorted by name", details);
    found.md5_computed = Some(shown.digest.clone());
    found.concatenation = Some(all);
    fitting.map(|written| written.form)
}

/// Formats a count with its noun: `1 byte`, `2 bytes`.
fn format_count(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Formats a value for people.
fn format_value(value: Value<'_>) -> String {
    value.as_text().unwrap_or("null").to_owned()
}
