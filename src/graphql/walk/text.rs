//! Answers as text: what was walked is text already.

use async_graphql::Value;

/// Writes what was answered as JSON. Only this may write out what was walked; any other writer takes the text for a list
/// of bytes.
pub fn write(data: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match data {
        Value::Binary(text) => out.extend_from_slice(text),
        Value::List(values) => {
            out.push(b'[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write(value, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            for (place, (key, value)) in members.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        other => serde_json::to_writer(out, other)?,
    }
    Ok(())
}
