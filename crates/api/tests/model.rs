//! Every operation against the models themselves: what they allow is read, and what lies one beyond
//! each limit is refused. The models are read here anew, so that the generated code is compared
//! with something it was not made of.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the helpers of a test fail the test by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;

use keyward_api::{FaultCode, InputError, OperationId, Service};
use keyward_wire::Parameters;
use serde_json::Value;

/// A scalar somewhere in an operation's input.
struct Leaf {
    /// Its name in requests.
    wire: String,
    /// What violations call it: itself, or the list it is an element of.
    location: String,
    shape: Value,
    in_list: bool,
}

/// A member that is required where it stands.
struct RequiredMember {
    wire: String,
    location: String,
}

type Request = BTreeMap<String, String>;

#[test]
fn the_largest_and_the_smallest_valid_input_are_read() {
    each_operation(|operation, model, input| {
        let full = full(&leaves(model, input));
        assert_eq!(judge(operation, &full), Ok(()), "{operation:?} {full:?}");
        let smallest = required_only(model, input, full);
        assert_eq!(
            judge(operation, &smallest),
            Ok(()),
            "{operation:?} {smallest:?}"
        );
    });
}

#[test]
fn each_required_member_is_missed() {
    let mut checked = 0;
    each_operation(|operation, model, input| {
        let full = full(&leaves(model, input));
        for required in required_members(model, input, "", "") {
            let mut request = full.clone();
            request.retain(|name, _| !is_within(name, &required.wire));
            // A structure that loses its only member is no more there itself.
            if let Some((parent, _)) = required.wire.rsplit_once('.') {
                request.insert(format!("{parent}.Other"), "x".to_owned());
            }
            let sentence = format!(
                " at '{}' failed to satisfy constraint: Member must not be null",
                required.location
            );
            assert_told(operation, &request, &sentence);
            checked += 1;
        }
    });
    assert!(checked > 200, "{checked}");
}

#[test]
fn lengths_are_limited_at_their_edges() {
    let mut checked = 0;
    each_leaf(|operation, full, leaf| {
        if leaf.shape["type"] != "string" || leaf.shape.get("enum").is_some() {
            return;
        }
        let bounds = [("max", 1, "less"), ("min", -1, "greater")];
        for (bound, step, relation) in bounds {
            let Some(limit) = leaf.shape[bound].as_i64() else {
                continue;
            };
            let sentence = format!("Member must have length {relation} than or equal to {limit}");
            let request = |length: i64| {
                let mut request = full.clone();
                request.insert(leaf.wire.clone(), text(&leaf.shape, length));
                request
            };
            assert_not_told(operation, &request(limit), &sentence);
            // An optional user name that is empty counts as absent.
            let is_absent = limit + step == 0 && judge(operation, &request(0)).is_ok();
            assert!(!is_absent || leaf.wire == "UserName", "{operation:?}");
            if limit + step >= 0 && !is_absent {
                assert_refused(operation, &request(limit + step), leaf, &sentence);
            }
            checked += 1;
        }
    });
    assert!(checked > 500, "{checked}");
}

#[test]
fn numbers_are_limited_at_their_edges() {
    let mut checked = 0;
    each_leaf(|operation, full, leaf| {
        if leaf.shape["type"] != "integer" {
            return;
        }
        for (bound, step, relation) in [("max", 1, "less"), ("min", -1, "greater")] {
            let Some(limit) = leaf.shape[bound].as_i64() else {
                continue;
            };
            let request = |number: i64| {
                let mut request = full.clone();
                request.insert(leaf.wire.clone(), number.to_string());
                request
            };
            assert_eq!(judge(operation, &request(limit)), Ok(()));
            let sentence = format!("Member must have value {relation} than or equal to {limit}");
            assert_refused(operation, &request(limit + step), leaf, &sentence);
            checked += 1;
        }
    });
    assert!(checked > 80, "{checked}");
}

#[test]
fn patterns_and_enumerations_refuse_other_texts() {
    let mut checked = 0;
    each_leaf(|operation, full, leaf| {
        let sentence = if leaf.shape.get("enum").is_some() {
            "Member must satisfy enum value set: ["
        } else if leaf.shape.get("pattern").is_some() {
            "Member must satisfy regular expression pattern: "
        } else {
            return;
        };
        let mut request = full.clone();
        // No pattern allows this character.
        let wrong = format!(
            "{}\0",
            text(&leaf.shape, leaf.shape["min"].as_i64().unwrap_or(1))
        );
        request.insert(leaf.wire.clone(), wrong);
        assert_refused(operation, &request, leaf, sentence);
        checked += 1;
    });
    assert!(checked > 340, "{checked}");
}

#[test]
fn lists_are_limited_at_their_edges() {
    let mut checked = 0;
    each_operation(|operation, model, input| {
        let full = full(&leaves(model, input));
        for (member, shape) in members(model, input) {
            let (Some(max), "list") = (shape["max"].as_u64(), shape["type"].as_str().unwrap())
            else {
                continue;
            };
            let request = |count: u64| {
                let mut request = full.clone();
                for (name, value) in &full {
                    if let Some(rest) = name.strip_prefix(&format!("{member}.member.1")) {
                        for index in 2..=count {
                            request.insert(format!("{member}.member.{index}{rest}"), value.clone());
                        }
                    }
                }
                request
            };
            assert_eq!(
                judge(operation, &request(max)),
                Ok(()),
                "{operation:?} {member}"
            );
            assert_told(
                operation,
                &request(max + 1),
                &format!(
                    "at '{}' failed to satisfy constraint: Member must have length less than or equal to {max}",
                    lowered(&member)
                ),
            );
            checked += 1;
        }
    });
    assert!(checked > 30, "{checked}");
}

#[test]
fn every_operation_is_found_by_its_name() {
    let mut found = 0;
    for (service, name) in [(Service::Iam, "iam"), (Service::Sts, "sts")] {
        for (operation, facts) in model(name)["operations"].as_object().unwrap() {
            let id = OperationId::find(service, operation).unwrap();
            assert_eq!(id.name(), operation);
            assert_eq!(id.service(), service);
            assert_eq!(id.action(), format!("{name}:{operation}"));
            assert_eq!(id.needs_signature(), facts.get("unsigned").is_none());
            found += 1;
        }
    }
    assert_eq!(found, OperationId::ALL.len());
    assert_eq!(found, 193);
    assert_eq!(OperationId::find(Service::Sts, "GetUser"), None);
    assert_eq!(OperationId::find(Service::Iam, "getUser"), None);
}

#[test]
fn faults_have_the_model_s_codes_and_statuses() {
    for name in ["iam", "sts"] {
        for (_, shape) in model(name)["shapes"].as_object().unwrap() {
            let Some(error) = shape.get("error") else {
                continue;
            };
            let mut codes = FaultCode::ALL.iter();
            let code = codes.find(|fault| fault.code() == error["code"]).unwrap();
            assert_eq!(u64::from(code.status()), error["httpStatusCode"]);
            assert_eq!(code.is_sender(), error.get("senderFault").is_some());
        }
    }
    assert_eq!(FaultCode::ServiceAccessNotEnabledException.status(), 400);
    assert_eq!(FaultCode::NotImplemented.status(), 501);
    assert!(!FaultCode::NotImplemented.is_sender());
}

/// Refused with `sentence` about `leaf`, or with the text that some members have instead.
#[track_caller]
fn assert_refused(operation: OperationId, request: &Request, leaf: &Leaf, sentence: &str) {
    let error = judge(operation, request).unwrap_err();
    let message = error.message();
    let place = format!("at '{}' failed to satisfy constraint: ", leaf.location);
    let own = format!("The specified value for {} is invalid.", leaf.location);
    // The live pattern of documents differs from the model's, so only its beginning is compared.
    let is_counted = message.contains(&place) && message.contains(sentence);
    assert!(
        is_counted || message.starts_with(&own),
        "{operation:?} {}: {message}, not {sentence}",
        leaf.wire
    );
    let in_sentence = message.contains("Member must satisfy constraint: [");
    assert_eq!(in_sentence, leaf.in_list, "{message}");
}

#[track_caller]
fn assert_told(operation: OperationId, request: &Request, sentence: &str) {
    match judge(operation, request) {
        Err(InputError::Constraint { message, .. }) if message.contains(sentence) => {}
        other => panic!("{operation:?} {request:?}: {other:?}, not {sentence}"),
    }
}

#[track_caller]
fn assert_not_told(operation: OperationId, request: &Request, sentence: &str) {
    if let Err(error) = judge(operation, request) {
        // Some edges are no valid text, such as a path of two characters.
        let message = error.message();
        assert!(
            !message.contains(sentence) || message.contains("Member must satisfy constraint: ["),
            "{operation:?}: {message}"
        );
    }
}

fn each_leaf(mut check: impl FnMut(OperationId, &Request, &Leaf)) {
    each_operation(|operation, model, input| {
        let leaves = leaves(model, input);
        let full = full(&leaves);
        for leaf in &leaves {
            check(operation, &full, leaf);
        }
    });
}

/// Calls `check` with every operation that has an input.
fn each_operation(mut check: impl FnMut(OperationId, &Value, &str)) {
    for (service, name) in [(Service::Iam, "iam"), (Service::Sts, "sts")] {
        let model = model(name);
        for (name, operation) in model["operations"].as_object().unwrap() {
            let id = OperationId::find(service, name).unwrap();
            match operation["input"].as_str() {
                Some(input) => check(id, &model, input),
                None => assert_eq!(judge(id, &Request::new()), Ok(())),
            }
        }
    }
}

fn model(name: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join(format!("../../models/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn judge(operation: OperationId, request: &Request) -> Result<(), InputError> {
    let pairs: Vec<String> = request
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let body = pairs.join("&");
    operation.check(&Parameters::parse(None, body.as_bytes()).unwrap())
}

fn encode(value: &str) -> String {
    let encoded = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    value.bytes().map(encoded).collect()
}

/// A request with every member, one element in every list.
fn full(leaves: &[Leaf]) -> Request {
    let values = leaves.iter().map(|leaf| {
        let length = leaf.shape["max"].as_i64().unwrap_or(64).min(2000);
        (leaf.wire.clone(), value(&leaf.shape, length))
    });
    values.collect()
}

/// Leaves only what is required of a full request.
fn required_only(model: &Value, input: &str, mut request: Request) -> Request {
    let required: Vec<&str> = model["shapes"][input]["required"]
        .as_array()
        .map(|names| names.iter().map(|name| name.as_str().unwrap()).collect())
        .unwrap_or_default();
    request.retain(|name, _| required.iter().any(|member| is_within(name, member)));
    request
}

fn is_within(name: &str, member: &str) -> bool {
    name.strip_prefix(member)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn members(model: &Value, structure: &str) -> Vec<(String, Value)> {
    let members = model["shapes"][structure]["members"].as_object().unwrap();
    let shape = |shape: &Value| model["shapes"][shape.as_str().unwrap()].clone();
    members
        .iter()
        .map(|(name, of)| (name.clone(), shape(of)))
        .collect()
}

fn leaves(model: &Value, input: &str) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    add_leaves(model, input, "", "", &mut leaves);
    leaves
}

fn add_leaves(model: &Value, structure: &str, wire: &str, location: &str, leaves: &mut Vec<Leaf>) {
    for (name, shape) in model["shapes"][structure]["members"].as_object().unwrap() {
        let place = Place {
            wire: format!("{wire}{name}"),
            location: format!("{location}{}", lowered(name)),
        };
        add_shape(model, shape.as_str().unwrap(), place, false, leaves);
    }
}

/// Where a shape is: in a request, and as violations name it.
struct Place {
    wire: String,
    location: String,
}

fn add_shape(model: &Value, name: &str, place: Place, in_list: bool, leaves: &mut Vec<Leaf>) {
    let Place { wire, location } = place;
    let shape = &model["shapes"][name];
    let of = |part: &str| shape[part].as_str().unwrap();
    let is_structure = |name: &str| model["shapes"][name]["type"] == "structure";
    match shape["type"].as_str().unwrap() {
        "structure" => {
            let (wire, location) = (format!("{wire}."), format!("{location}."));
            add_leaves(model, name, &wire, &location, leaves);
        }
        "list" if is_structure(of("member")) => {
            let place = Place {
                wire: format!("{wire}.member.1"),
                location: format!("{location}.1.member"),
            };
            add_shape(model, of("member"), place, false, leaves);
        }
        "list" => {
            let wire = format!("{wire}.member.1");
            let place = Place { wire, location };
            add_shape(model, of("member"), place, true, leaves);
        }
        "map" => {
            for part in ["key", "value"] {
                let place = Place {
                    wire: format!("{wire}.entry.1.{part}"),
                    location: format!("{location}.1.entry.{part}"),
                };
                add_shape(model, of(part), place, false, leaves);
            }
        }
        _ => leaves.push(Leaf {
            wire,
            location,
            shape: shape.clone(),
            in_list,
        }),
    }
}

fn required_members(
    model: &Value,
    structure: &str,
    wire: &str,
    location: &str,
) -> Vec<RequiredMember> {
    let shape = &model["shapes"][structure];
    let mut found = Vec::new();
    for name in shape["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        found.push(RequiredMember {
            wire: format!("{wire}{name}"),
            location: format!("{location}{}", lowered(name)),
        });
    }
    for (name, of) in shape["members"].as_object().unwrap() {
        let member = &model["shapes"][of.as_str().unwrap()];
        let (wire, location) = (
            format!("{wire}{name}"),
            format!("{location}{}", lowered(name)),
        );
        if member["type"] == "list"
            && model["shapes"][member["member"].as_str().unwrap()]["type"] == "structure"
        {
            let element = member["member"].as_str().unwrap();
            found.extend(required_members(
                model,
                element,
                &format!("{wire}.member.1."),
                &format!("{location}.1.member."),
            ));
        }
    }
    found
}

fn lowered(name: &str) -> String {
    name[..1].to_lowercase() + &name[1..]
}

/// A valid value of a scalar shape, of this many characters where that is possible.
fn value(shape: &Value, length: i64) -> String {
    match shape["type"].as_str().unwrap() {
        "boolean" => "true".to_owned(),
        "integer" => shape["max"].as_i64().unwrap_or(7).to_string(),
        "string" => match shape["enum"].as_array() {
            Some(values) => values[0].as_str().unwrap().to_owned(),
            None => text(shape, length),
        },
        other => panic!("{other}"),
    }
}

/// A text of exactly `length` characters, valid where a text of that length can be.
fn text(shape: &Value, length: i64) -> String {
    let fill = |before: &str, character: &str, after: &str| {
        let count = usize::try_from(length)
            .unwrap()
            .saturating_sub(before.len() + after.len());
        format!("{before}{}{after}", character.repeat(count))
    };
    match shape["pattern"].as_str().unwrap_or("") {
        r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)" | r"((/[A-Za-z0-9\.,\+@=_-]+)*)/" => {
            match length {
                0 => String::new(),
                1 => "/".to_owned(),
                _ => fill("/", "a", "/"),
            }
        }
        r"\u002F[\u0021-\u007F]*" => match length {
            0 => String::new(),
            _ => fill("/", "a", ""),
        },
        r"\d{12}" => "123456789012".to_owned(),
        r"[\d]+" | r"[\d]*" => fill("", "1", ""),
        r"[A-Z0-9]+" => fill("", "A", ""),
        r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?" => "v1".to_owned(),
        r"^o-[a-z0-9]{10,32}$" => "o-0123456789".to_owned(),
        r"^o-[0-9a-z]{10,32}\/r-[0-9a-z]{4,32}[0-9a-z-\/]*" if length > 19 => {
            fill("o-0123456789/r-0123", "-", "")
        }
        r"^p-[0-9a-zA-Z_]{8,128}$" => "p-01234567".to_owned(),
        r"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$"
            if length > 10 =>
        {
            fill("https://", "a", "")
        }
        _ => fill("", "a", ""),
    }
}
