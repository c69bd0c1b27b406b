//! What is around every answer.

use crate::{JsonObject, XmlWriter};

/// What most answers fit in without growing.
const USUAL_SIZE: usize = 2048;

/// The answer to an operation that succeeded. `has_result` says whether the operation has an output
/// at all; `write_result` writes what is in it.
pub fn success(
    operation: &str,
    namespace: &str,
    has_result: bool,
    request_id: &str,
    write_result: impl FnOnce(&mut XmlWriter),
) -> String {
    let mut xml = XmlWriter::with_capacity(USUAL_SIZE);
    xml.root(&[operation, "Response"].concat(), namespace, |xml| {
        if has_result {
            xml.element(&[operation, "Result"].concat(), write_result);
        }
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    });
    xml.into_string()
}

/// The answer to a request that failed. `is_sender` says whose fault it is: the client's or the
/// service's. Some errors have no message; the element is then left out.
#[must_use]
pub fn error(
    namespace: &str,
    is_sender: bool,
    code: &str,
    message: Option<&str>,
    request_id: &str,
) -> String {
    let mut xml = XmlWriter::with_capacity(USUAL_SIZE);
    xml.root("ErrorResponse", namespace, |xml| {
        xml.element("Error", |xml| {
            xml.text("Type", kind(is_sender));
            xml.text("Code", code);
            if let Some(message) = message {
                xml.text("Message", message);
            }
        });
        xml.text("RequestId", request_id);
    });
    xml.into_string()
}

/// The same as [`success`], as the JSON that clients get who ask for it.
pub fn success_as_json(
    operation: &str,
    has_result: bool,
    request_id: &str,
    write_result: impl FnOnce(&mut JsonObject<'_>),
) -> String {
    let mut json = String::with_capacity(USUAL_SIZE);
    JsonObject::write(&mut json, |answer| {
        answer.object(&[operation, "Response"].concat(), |response| {
            if has_result {
                response.object(&[operation, "Result"].concat(), write_result);
            }
            response.object("ResponseMetadata", |metadata| {
                metadata.text("RequestId", request_id);
            });
        });
    });
    json
}

/// The same as [`error`], as the JSON that clients get who ask for it.
#[must_use]
pub fn error_as_json(
    is_sender: bool,
    code: &str,
    message: Option<&str>,
    request_id: &str,
) -> String {
    let mut json = String::with_capacity(USUAL_SIZE);
    JsonObject::write(&mut json, |answer| {
        answer.object("Error", |error| {
            error.text("Code", code);
            if let Some(message) = message {
                error.text("Message", message);
            }
            error.text("Type", kind(is_sender));
        });
        answer.text("RequestId", request_id);
    });
    json
}

fn kind(is_sender: bool) -> &'static str {
    if is_sender { "Sender" } else { "Receiver" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

    #[test]
    fn an_operation_without_output_has_no_result_element() {
        assert_eq!(
            success("UpdateLoginProfile", NAMESPACE, false, "r-1", |_| ()),
            "<UpdateLoginProfileResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>\
             </UpdateLoginProfileResponse>"
        );
        assert_eq!(
            success("GetX", NAMESPACE, true, "r-1", |_| ()),
            "<GetXResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetXResult/>\
             <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetXResponse>"
        );
    }

    #[test]
    fn an_error_names_type_code_and_message() {
        assert_eq!(
            error(
                NAMESPACE,
                true,
                "NoSuchEntity",
                Some("The user with name bob cannot be found."),
                "r-1"
            ),
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>\
             <Type>Sender</Type><Code>NoSuchEntity</Code>\
             <Message>The user with name bob cannot be found.</Message></Error>\
             <RequestId>r-1</RequestId></ErrorResponse>"
        );
    }

    #[test]
    fn the_same_as_json() {
        let written = success_as_json("GetX", true, "r-1", |result| result.text("A", "b"));
        assert_eq!(
            written,
            r#"{"GetXResponse":{"GetXResult":{"A":"b"},"ResponseMetadata":{"RequestId":"r-1"}}}"#
        );
        assert_eq!(
            success_as_json("DoX", false, "r-1", |_| ()),
            r#"{"DoXResponse":{"ResponseMetadata":{"RequestId":"r-1"}}}"#
        );
        assert_eq!(
            error_as_json(true, "NoSuchEntity", Some("gone"), "r-1"),
            r#"{"Error":{"Code":"NoSuchEntity","Message":"gone","Type":"Sender"},"RequestId":"r-1"}"#
        );
        assert_eq!(
            error_as_json(false, "ReportInProgress", None, "r-1"),
            r#"{"Error":{"Code":"ReportInProgress","Type":"Receiver"},"RequestId":"r-1"}"#
        );
    }

    #[test]
    fn an_error_without_message_has_no_message_element() {
        assert_eq!(
            error(NAMESPACE, false, "ReportInProgress", None, "r-1"),
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>\
             <Type>Receiver</Type><Code>ReportInProgress</Code></Error>\
             <RequestId>r-1</RequestId></ErrorResponse>"
        );
    }
}
