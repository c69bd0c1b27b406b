//! The actions that AWS has: their resource types, and the forms of ARNs.
//!
//! The data is a text that `cargo xtask data` writes. It is searched as it is: nothing is read or
//! allocated when the program starts, and the first search notes where each service begins. If an
//! action is missing, AWS may have added it after the data was taken.

mod form;

use std::cmp::Ordering;
use std::sync::OnceLock;

/// The data; its first lines describe its form.
const DATA: &str = include_str!("../../data/actions.txt");

/// The services of the data, in the order of their prefixes.
static SERVICES: OnceLock<Vec<Service>> = OnceLock::new();

/// The forms of ARNs of buckets, and of objects in them.
const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";
const OBJECT: &str = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";

/// The resource name in the simulator's result about several resources (seen at AWS).
const SEVERAL: [(&str, &str); 7] = [
    (
        "ec2",
        "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}",
    ),
    (
        "iam",
        "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}",
    ),
    (
        "kms",
        "arn:aws:kms:${Region}:${Account}:${ResourceType}/${Id}",
    ),
    (
        "lambda",
        "arn:aws:lambda:${Region}:${Account}:${ResourceType}:${ResourceId}",
    ),
    ("s3", "arn:aws:s3:::${BucketName}/${KeyName}"),
    ("sqs", "arn:aws:sqs:${Region}:${Account}:${QueueName}"),
    ("sts", "arn:aws:iam::${Account}:${RelativeId}"),
];

/// An action that is in the data.
#[derive(Debug)]
pub(crate) struct KnownAction {
    /// The forms of the ARNs of its resource types.
    forms: Vec<&'static str>,
}

/// A service that is in the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownService(Service);

impl KnownService {
    /// Finds a service by the prefix of its actions.
    pub(crate) fn find(prefix: &str) -> Option<Self> {
        Service::find(prefix).map(Self)
    }

    /// Whether this is the prefix of the service's actions, compared without case.
    pub(crate) fn is_called(&self, prefix: &str) -> bool {
        prefix.eq_ignore_ascii_case(self.0.prefix)
    }

    /// Whether a vendor in ARNs is the service: its prefix, or the vendor of its resource types.
    pub(crate) fn has_resources_of(&self, vendor: &str) -> bool {
        let is_of_vendor = |form: &str| form.split(':').nth(2) == Some(vendor);
        vendor == self.0.prefix || self.0.all_forms().any(is_of_vendor)
    }
}

/// The lines of a service.
#[derive(Debug, Clone, Copy)]
struct Service {
    prefix: &'static str,
    /// One line for each form of an ARN.
    resource_types: &'static str,
    /// One line for each action.
    actions: &'static str,
}

/// Finds an action by its name with its service's prefix, compared without case.
pub(crate) fn find(action: &str) -> Option<KnownAction> {
    let (service, line) = find_line(action)?;
    let forms = service.forms(line);
    Some(KnownAction { forms })
}

/// Whether an action is known, which takes less time than finding it.
pub(crate) fn is_known(action: &str) -> bool {
    find_line(action).is_some()
}

/// The resource name in the simulator's result about several resources, if the action's service is
/// known. The action itself need not be.
pub(crate) fn name_for_several(action: &str) -> Option<String> {
    let (prefix, _) = action.split_once(':')?;
    Some(Service::find(prefix)?.name_for_several())
}

fn find_line(action: &str) -> Option<(Service, &'static str)> {
    let (prefix, name) = action.split_once(':')?;
    let service = Service::find(prefix)?;
    Some((service, service.find_action(name)?))
}

impl KnownAction {
    /// Whether an ARN is of one of the action's resource types. An action without resource types
    /// fits none.
    pub(crate) fn fits(&self, arn: &str) -> bool {
        self.forms.iter().any(|form| form::fits(form, arn))
    }
}

impl Service {
    fn find(prefix: &str) -> Option<Self> {
        let services = SERVICES.get_or_init(Self::all);
        let place = services.binary_search_by(|service| compare(service.prefix, prefix));
        services.get(place.ok()?).copied()
    }

    fn all() -> Vec<Self> {
        // The text before the first service is a remark.
        let blocks = DATA.split("\n=").skip(1);
        let services = blocks.filter_map(|block| {
            let (head, lines) = block.split_once('\n')?;
            let (prefix, _) = head.split_once('\t')?;
            Some(Self::new(prefix, lines))
        });
        services.collect()
    }

    fn new(prefix: &'static str, lines: &'static str) -> Self {
        let is_type = |line: &&str| line.starts_with('>');
        let length = lines
            .split_inclusive('\n')
            .take_while(is_type)
            .map(str::len);
        let (resource_types, actions) = lines.split_at_checked(length.sum()).unwrap_or(("", lines));
        Self {
            prefix,
            resource_types,
            actions,
        }
    }

    fn find_action(self, name: &str) -> Option<&'static str> {
        let lines = self.actions;
        let (mut low, mut high) = (0, lines.len());
        while low < high {
            let middle = low.midpoint(high);
            // `low` and `high` are each at the beginning of a line or at the end of the text.
            let start = lines
                .get(low..middle)?
                .rfind('\n')
                .map_or(low, |at| low + at + 1);
            let line = lines.get(start..)?.split('\n').next()?;
            let found = line.split(' ').next()?;
            match compare(found, name) {
                Ordering::Equal => return Some(line),
                Ordering::Less => low = start + line.len() + 1,
                Ordering::Greater => high = start,
            }
        }
        None
    }

    /// The forms of ARNs to which the line of an action refers, by ascending numbers.
    fn forms(self, line: &str) -> Vec<&'static str> {
        let mut numbers = line.split(' ').skip(1).peekable();
        let mut forms = Vec::new();
        for (number, line) in self.resource_types.lines().enumerate() {
            if numbers.peek().is_none() {
                break;
            }
            let is_named = |wanted: &&str| wanted.parse() == Ok(number);
            if numbers.next_if(is_named).is_some() {
                forms.extend(form_of(line));
            }
        }
        // The simulator does not distinguish buckets and objects (seen at AWS).
        for form in &mut forms {
            if *form == OBJECT {
                *form = BUCKET;
            }
        }
        forms
    }

    /// The forms of ARNs of all the service's resource types.
    fn all_forms(self) -> impl Iterator<Item = &'static str> {
        self.resource_types.lines().filter_map(form_of)
    }

    fn name_for_several(self) -> String {
        let prefix = self.prefix;
        match SEVERAL.iter().find(|(known, _)| *known == prefix) {
            Some((_, name)) => (*name).to_owned(),
            None => self.common_form(),
        }
    }

    /// A form that stands for all of the service's ARNs (unsure: for most services nobody has seen
    /// the simulator's).
    fn common_form(self) -> String {
        let mut forms = self.all_forms();
        let first = forms.next().map(|form| form.replace("${Partition}", "aws"));
        match (first, forms.next()) {
            (Some(only), None) => only,
            (None | Some(_), _) => {
                let prefix = self.prefix;
                format!(
                    "arn:aws:{prefix}:${{Region}}:${{Account}}:${{ResourceType}}/${{ResourceId}}"
                )
            }
        }
    }
}

/// The form of an ARN in a line.
fn form_of(line: &'static str) -> Option<&'static str> {
    line.split_once('\t').map(|(_, form)| form)
}

fn compare(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_the_data_is_found_in_any_case() {
        let (mut prefix, mut actions) = ("", 0);
        for line in DATA.lines().filter(|line| !line.starts_with(['#', '>'])) {
            if let Some(service) = line.strip_prefix('=') {
                prefix = service.split('\t').next().unwrap();
                continue;
            }
            actions += 1;
            let name = line.split(' ').next().unwrap();
            for action in [
                format!("{prefix}:{name}"),
                format!("{prefix}:{name}").to_uppercase(),
            ] {
                let (service, found) = find_line(&action).unwrap_or_else(|| panic!("{action}"));
                assert_eq!((service.prefix, found), (prefix, line));
                assert!(is_known(&action), "{action}");
                let found = find(&action).unwrap();
                assert_eq!(found.forms.len(), line.split(' ').count() - 1, "{action}");
            }
        }
        assert!(actions > 20_000, "{actions}");
    }

    #[test]
    fn other_actions_are_not_found() {
        for action in [
            "",
            ":",
            "s3",
            "s3:",
            ":GetObject",
            "s3:Get",
            "s3:GetObjects",
            "s3:Get*",
            "s3*:GetObject",
            "*:*",
            "a:b",
            "zzz:A",
            "s3:=sts",
            "s3:GetObject 1",
            "s3:>bucket",
            "é:é",
            "s3:é",
        ] {
            assert!(find(action).is_none(), "{action}");
            assert!(!is_known(action), "{action}");
        }
    }

    #[test]
    fn services_are_found_where_they_lie_and_stand_in_order() {
        let services = SERVICES.get_or_init(Service::all);
        let heads = DATA.lines().filter(|line| line.starts_with('='));
        assert_eq!(services.len(), heads.count());
        assert!(
            services
                .is_sorted_by(|one, other| { compare(one.prefix, other.prefix) == Ordering::Less })
        );
    }

    #[test]
    fn an_arn_fits_where_it_is_of_a_resource_type_of_the_action() {
        const USER: &str = "arn:aws:iam::111122223333:user/a/b/alice";
        const ROLE: &str = "arn:aws:iam::111122223333:role/r";
        for (action, arn, expected) in [
            ("s3:GetObject", "arn:aws:s3:::bucket/key", true),
            ("s3:GetObject", "arn:aws-cn:s3:::bucket/a/b/*", true),
            // As seen at AWS.
            ("s3:PutObject", "arn:aws:s3:::bucket", true),
            ("s3:ListBucket", "arn:aws:s3:::bucket/key", true),
            ("s3:GetObject", USER, false),
            ("iam:GetUser", USER, true),
            ("iam:GetUser", "arn:aws:iam::111122223333:user/*", true),
            ("iam:GetUser", "arn:aws:iam::111122223333:user/", false),
            ("iam:PassRole", ROLE, true),
            ("iam:PassRole", USER, false),
            ("iam:ListUsers", USER, false),
            ("sts:AssumeRole", ROLE, true),
            (
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1::image/ami-1",
                true,
            ),
            (
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1:111122223333:instance/*",
                true,
            ),
            ("ec2:RunInstances", ROLE, false),
            (
                "sqs:SendMessage",
                "arn:aws:sqs:us-east-1:111122223333:queue",
                true,
            ),
        ] {
            assert_eq!(find(action).unwrap().fits(arn), expected, "{action} {arn}");
        }
    }

    #[test]
    fn several_resources_have_one_name_by_service() {
        for (action, name) in [
            ("S3:ListBucket", "arn:aws:s3:::${BucketName}/${KeyName}"),
            ("sts:AssumeRole", "arn:aws:iam::${Account}:${RelativeId}"),
            (
                "sns:Publish",
                "arn:aws:sns:${Region}:${Account}:${TopicName}",
            ),
            (
                "rds:StartDBCluster",
                "arn:aws:rds:${Region}:${Account}:${ResourceType}/${ResourceId}",
            ),
            // Also of actions that nobody knows.
            ("s3:Get*", "arn:aws:s3:::${BucketName}/${KeyName}"),
            (
                "IAM:",
                "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}",
            ),
        ] {
            assert_eq!(name_for_several(action).unwrap(), name, "{action}");
        }
        for action in ["s3", "s3*:GetObject", "foo:Bar", "*:*"] {
            assert_eq!(name_for_several(action), None, "{action}");
        }
        let observed = SEVERAL.map(|(prefix, _)| prefix);
        assert!(observed.is_sorted());
        assert!(
            observed
                .iter()
                .all(|prefix| Service::find(prefix).is_some())
        );
    }
}
