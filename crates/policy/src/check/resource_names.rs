//! What a `Resource` may be.

use crate::Text;
use crate::check::PolicyFault;
use crate::check::elements::LEGACY;
use crate::context_keys::{is_variable, variables};

/// The partitions that exist.
pub(super) const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

const NO_VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";

/// How the names of IAM's resources begin. The text below lists them.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// The first five parts of an ARN and the rest, as far as they are there. A colon inside of a variable
/// divides nothing.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut variables = variables(text).peekable();
    let mut parts = Vec::with_capacity(6);
    let mut start = 0;
    for (colon, _) in text.match_indices(':') {
        if parts.len() == 5 {
            break;
        }
        while variables
            .next_if(|variable| variable.end <= colon)
            .is_some()
        {}
        if variables
            .peek()
            .is_some_and(|variable| variable.start < colon)
        {
            continue;
        }
        parts.push(text.get(start..colon).unwrap_or_default());
        start = colon + 1;
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Whether the resource is `*`, or a variable that may stand for a whole ARN (seen at AWS for an ARN;
/// unsure what is checked of it).
fn is_open(text: &str) -> bool {
    text == "*" || is_variable(text)
}

/// Refuses resources that older readers of policies can't read. Such readers go no further than the
/// first resource that [`check_format`] refuses.
pub(super) fn check_legacy<'d>(
    resources: impl Iterator<Item = &'d Text>,
) -> Result<(), PolicyFault> {
    resources
        .take_while(|resource| check_format(resource).is_ok())
        .try_for_each(check_parts)
}

/// Refuses ARNs with an empty service, and those with fewer than six parts of which one is empty.
pub(super) fn check_parts(resource: &Text) -> Result<(), PolicyFault> {
    if is_open(&resource.text) {
        return Ok(());
    }
    let parts = parts(&resource.text);
    let has_empty_service = parts.get(2).is_some_and(|service| service.is_empty());
    let inner = parts
        .get(1..parts.len().saturating_sub(1))
        .unwrap_or_default();
    let has_gap = parts.len() < 6 && inner.iter().any(|part| part.is_empty());
    if has_empty_service || has_gap {
        let reason = format!("the ARN `{}` lacks parts", resource.text);
        return Err(PolicyFault::new(LEGACY, &resource.span, reason));
    }
    Ok(())
}

/// Refuses what is neither `*` nor an ARN that could be one, by rules for all services and for two.
pub(super) fn check_format(resource: &Text) -> Result<(), PolicyFault> {
    let text = &*resource.text;
    if is_open(text) {
        return Ok(());
    }
    let fault = |message: String, reason: &str| {
        let reason = format!("the resource `{text}` {reason}");
        Err(PolicyFault::new(message, &resource.span, reason))
    };
    let parts = parts(text);
    let part = |index: usize| parts.get(index).copied();
    let Some(partition) = part(1) else {
        let message = format!("Resource {text} must be in ARN format or \"*\".");
        return fault(message, "is neither `*` nor an ARN");
    };
    if !is_partition(partition) && !partition.starts_with("${") {
        return Err(unknown_partition(resource, &parts));
    }
    // That wildcards are refused is what the text says (unsure).
    let Some(service) = part(2).filter(|service| !service.contains(['*', '?'])) else {
        return fault(NO_VENDOR.to_owned(), "must name one service");
    };
    let has_region = part(3).is_some_and(|region| !region.is_empty());
    let rest = part(5).unwrap_or_default();
    if service == "iam" && has_region {
        let message = format!("IAM resource {text} cannot contain region information.");
        return fault(message, "is IAM's, which has no regions");
    }
    if service == "s3" && has_region && !rest.starts_with("accesspoint/") {
        let message = format!("Resource {text} can not contain region information.");
        return fault(message, "is a bucket or an object, whose ARN has no region");
    }
    if service == "iam" && !is_iam_path(rest) {
        let message = format!(
            "IAM resource path must either be \"*\", root, or start with {}.",
            IAM_PATHS.join(", ")
        );
        return fault(message, "is none of IAM's");
    }
    Ok(())
}

/// All partitions at once are fine (unsure).
fn is_partition(partition: &str) -> bool {
    partition == "*" || PARTITIONS.contains(&partition)
}

fn unknown_partition(resource: &Text, parts: &[&str]) -> PolicyFault {
    let part = |index: usize| parts.get(index).copied().unwrap_or("*");
    let [partition, service, region, account, rest] = [1, 2, 3, 4, 5].map(part);
    let message = format!(
        "Partition \"{partition}\" is not valid for resource \
         \"arn:{partition}:{service}:{region}:{account}:{rest}\"."
    );
    let reason = format!(
        "the resource `{}` is in a partition that does not exist",
        resource.text
    );
    PolicyFault::new(message, &resource.span, reason)
}

/// Refuses what IAM evaluates but does not store: variables and other signs in the partition, the region or the
/// account of an ARN. Each fits all that was seen of AWS; that numbers of other lengths and words are fine
/// is unsure.
pub(super) fn check_stored(resource: &Text) -> Result<(), PolicyFault> {
    if is_open(&resource.text) {
        return Ok(());
    }
    let parts = parts(&resource.text);
    if parts
        .get(1)
        .is_some_and(|partition| !is_partition(partition))
    {
        return Err(unknown_partition(resource, &parts));
    }
    let is_fit = |part: &&str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'*' | b'?'))
    };
    // Of an ARN that ends before its sixth part, the last one is the resource.
    let places = parts.get(3..parts.len().saturating_sub(1).min(5));
    match places.unwrap_or_default().iter().find(|part| !is_fit(part)) {
        Some(part) => {
            let reason = format!(
                "a region or account may have letters, digits, `-`, `*` and `?`, not `{part}`"
            );
            Err(PolicyFault::new(LEGACY, &resource.span, reason))
        }
        None => Ok(()),
    }
}

fn is_iam_path(path: &str) -> bool {
    matches!(path, "*" | "root")
        || path.starts_with("${")
        || IAM_PATHS.iter().any(|start| path.starts_with(start))
}
