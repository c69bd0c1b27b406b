//! What a request is about, as authorization sees it: an ARN.

use keyward_account::{Account, User};
use keyward_api::iam;
use keyward_names::{AccountId, Path, Tag, UserId, UserName, root_arn, user_arn};
use keyward_policy::{Context, Value};

/// The resource of one authorization question, and what the request says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    arn: String,
    /// The user that the ARN is of, where there is one: the ARN may become another's.
    user: Option<UserId>,
    /// Tags that the request would give it. Of a key that is there twice, the last counts.
    request_tags: Vec<(String, String)>,
    /// Keys of tags that the request gives or takes.
    tag_keys: Vec<String>,
}

impl Resource {
    fn of_nobody(arn: String) -> Self {
        Self {
            arn,
            user: None,
            request_tags: Vec::new(),
            tag_keys: Vec::new(),
        }
    }

    /// The same where the request would give it tags: `aws:RequestTag/`, `aws:TagKeys`.
    pub(crate) fn given_tags(self, tags: &[iam::Tag]) -> Self {
        let pairs = tags.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
        Self {
            request_tags: pairs.collect(),
            tag_keys: tags.iter().map(|tag| tag.key.clone()).collect(),
            ..self
        }
    }

    /// The same where the request would take tags away: `aws:TagKeys`.
    pub(crate) fn losing_tags(self, keys: &[String]) -> Self {
        Self {
            tag_keys: keys.to_vec(),
            ..self
        }
    }

    /// The user that it is, where there is one.
    pub(crate) fn user_id(&self) -> Option<UserId> {
        self.user
    }

    /// The tags it has.
    pub(crate) fn tags<'a>(&self, account: &'a Account) -> &'a [Tag] {
        let user = self.user.and_then(|id| account.user_by_id(id));
        user.map_or(&[], |user| &user.tags)
    }

    /// Adds what the request says of tags. Where it names none, the keys are absent.
    pub(crate) fn add_request_tags(&self, context: &mut Context) {
        for (key, value) in &self.request_tags {
            context.set(&format!("aws:RequestTag/{key}"), value.as_str());
        }
        if !self.tag_keys.is_empty() {
            let keys = self.tag_keys.iter().map(|key| Value::from(key.as_str()));
            context.set_several("aws:TagKeys", keys);
        }
    }

    /// The ARN.
    #[must_use]
    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether the user that was asked about now has another ARN: then the question must be put
    /// anew.
    pub(crate) fn is_stale(&self, account: &Account) -> bool {
        let now = self.user.and_then(|id| account.user_by_id(id));
        now.is_some_and(|user| arn_of(account, user) != self.arn)
    }

    /// `*`: operations on the account as such.
    pub(crate) fn any() -> Self {
        Self::of_nobody("*".to_owned())
    }

    /// An existing user by its stored ARN; where there is none, the ARN is built from the name that
    /// was asked for, so that the question can be put before the answer betrays what exists.
    pub(crate) fn user(account: &Account, name: &UserName, user: Option<&User>) -> Self {
        match user {
            Some(user) => Self {
                arn: arn_of(account, user),
                user: Some(user.id),
                ..Self::any()
            },
            None => Self::new_user(account.id(), &Path::default(), name),
        }
    }

    /// A user that is about to be, or to be called, so.
    pub(crate) fn new_user(account: AccountId, path: &Path, name: &UserName) -> Self {
        Self::of_nobody(user_arn(account, path, name.as_str()))
    }

    /// The users of an account, or those under a path: the resource of lists.
    pub(crate) fn users(account: AccountId, path_prefix: Option<&str>) -> Self {
        let prefix = path_prefix.unwrap_or("/");
        Self::of_nobody(format!("arn:aws:iam::{account}:user{prefix}"))
    }

    /// The root user of an account.
    pub(crate) fn root(account: AccountId) -> Self {
        Self::of_nobody(root_arn(account))
    }
}

/// The ARN of a user of the account.
#[must_use]
pub(crate) fn arn_of(account: &Account, user: &User) -> String {
    user_arn(account.id(), &user.path, user.name.as_str())
}
