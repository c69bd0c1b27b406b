//! What a caller is answered.

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// XML.
    pub body: String,
}

impl Answer {
    /// The text of the first element of this name; empty if there is none.
    #[must_use]
    pub fn text(&self, element: &str) -> &str {
        let after = self
            .body
            .split_once(&format!("<{element}>"))
            .map(|(_, after)| after);
        after
            .and_then(|after| after.split_once("</"))
            .map_or("", |(text, _)| text)
    }

    /// The texts of all elements of this name.
    #[must_use]
    pub fn texts(&self, element: &str) -> Vec<&str> {
        let begin = format!("<{element}>");
        let texts = self.body.split(&begin).skip(1);
        texts
            .filter_map(|after| after.split_once("</"))
            .map(|(text, _)| text)
            .collect()
    }

    /// A refusal in one line: `404 NoSuchEntity: The user ..`; `200` if it was none.
    #[must_use]
    pub fn fault(&self) -> String {
        if self.status == 200 {
            return "200".to_owned();
        }
        let message = unescape(self.text("Message"));
        format!("{} {}: {message}", self.status, self.text("Code"))
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
