//! Service-linked roles: roles that services of AWS make for themselves, and that only they change.
//!
//! A role is deleted when the deletion is answered. Its task can be asked for as long as it is one
//! of the account's last [`REMEMBERED_DELETIONS`].

pub(crate) mod create_service_linked_role;
pub(crate) mod delete_service_linked_role;
pub(crate) mod get_service_linked_role_deletion_status;

use keyward_engine::uuid;
use keyward_names::{ParseError, Path, RoleName};

/// How many deletions of an account are remembered; the oldest are forgotten.
const REMEMBERED_DELETIONS: usize = 1_000;

/// The path that all service-linked roles are under.
const ROOT_PATH: &str = "/aws-service-role/";

/// The path of the roles of a service.
fn path_of(service: &str) -> Result<Path, ParseError> {
    Path::parse(&format!("{ROOT_PATH}{service}/"))
}

/// The parts of a deletion task's id: `task/aws-service-role/{service}/{role}/{uuid}`.
struct DeletionTask {
    path: Path,
    role_name: RoleName,
}

impl DeletionTask {
    const PREFIX: &str = "task";

    /// The id of a new task.
    fn id(path: &Path, role_name: &RoleName, random: [u8; 16]) -> String {
        format!("{}{path}{role_name}/{}", Self::PREFIX, uuid(random))
    }

    /// Parses the id of a task.
    fn parse(id: &str) -> Option<Self> {
        let rest = id.strip_prefix(Self::PREFIX)?.strip_prefix(ROOT_PATH)?;
        let mut parts = rest.split('/');
        let (service, role, uuid) = (parts.next()?, parts.next()?, parts.next()?);
        let is_digit = |(place, byte): (usize, u8)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        if parts.next().is_some() || uuid.len() != 36 || !uuid.bytes().enumerate().all(is_digit) {
            return None;
        }
        Some(Self {
            path: path_of(service).ok().filter(|_| !service.is_empty())?,
            role_name: RoleName::parse(role).ok()?,
        })
    }
}
