//! Who comes with a session, and its end.

use std::sync::Arc;

use keyward_account::{Account, LoginProfile, PasswordStanding, User};
use keyward_authorization::{Entrance, Principal, RequestContext};
use keyward_engine::{AccountHandle, Installation};
use keyward_names::{Age, Timestamp, root_arn, user_arn};
use keyward_operations::door;

use crate::session::{Session, Stage};

pub(crate) use crate::who::principal_of_log;
use crate::who::{password_changed, profile_of};
use crate::{Door, Unavailable, sealing};

const PURPOSE: &str = "session cookie";

/// Someone with a session that is good now, and the account as it is now.
pub struct Visitor {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Arc<Account>,
    /// How the visitor came, and since when it is signed in.
    pub(crate) request_context: Arc<RequestContext>,
    pub(crate) handle: Arc<AccountHandle>,
    installation: Arc<Installation>,
}

impl Door {
    /// The cookie of a session.
    pub fn seal_session(&self, session: &Session) -> Result<String, Unavailable> {
        sealing::seal(self.installation(), PURPOSE, session)
    }

    /// Who comes with a session cookie, if the session is good.
    pub async fn visitor(
        &self,
        cookie: &str,
        request_context: &RequestContext,
    ) -> Result<Option<Visitor>, Unavailable> {
        let installation = self.installation();
        let Some(session) = sealing::open::<Session>(installation, PURPOSE, cookie) else {
            return Ok(None);
        };
        let age = self.now().since(session.begun);
        if !(Age::seconds(0)..session.time()).contains(&age) {
            return Ok(None);
        }
        let held = installation.account(session.account).await;
        let Some(handle) = held.map_err(Unavailable::because)? else {
            return Ok(None);
        };
        let account = handle.account();
        if !session.is_of(&account) {
            return Ok(None);
        }
        let is_ended = installation
            .is_session_ended(session.account, &session.id)
            .await
            .map_err(Unavailable::because)?;
        let request_context = RequestContext {
            signed_in: Some(session.begun),
            entrance: match session.stage {
                Stage::SignedIn => Entrance::Console,
                Stage::NewPasswordDue => Entrance::Door,
            },
            ..request_context.clone()
        };
        Ok((!is_ended).then_some(Visitor {
            session,
            account,
            request_context: Arc::new(request_context),
            handle,
            installation: Arc::clone(installation),
        }))
    }

    /// Ends a session for good, on every node.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Unavailable> {
        self.end(session).await?;
        tracing::info!(
            account = %session.account,
            principal = %principal_of_log(session.principal),
            "signed out"
        );
        Ok(())
    }

    pub(crate) async fn end(&self, session: &Session) -> Result<(), Unavailable> {
        let until = session.ends();
        let ended = self
            .installation()
            .end_session(session.account, &session.id, until);
        ended.await.map_err(Unavailable::because)
    }
}

impl Visitor {
    /// The user; `None` for the account's root user.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match self.session.principal {
            Principal::Root => None,
            Principal::User(id) => self.account.user_by_id(id),
        }
    }

    /// The user's name, or `root`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.user().map_or("root", |user| user.name.as_str())
    }

    /// The principal's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        let account = self.account.id();
        self.user().map_or_else(
            || root_arn(account),
            |user| user_arn(account, &user.path, user.name.as_str()),
        )
    }

    /// The user's login profile; `None` for the account's root user.
    #[must_use]
    pub fn login_profile(&self) -> Option<&LoginProfile> {
        profile_of(&self.account, self.session.principal)
    }

    /// When the password was set, where that is known.
    #[must_use]
    pub fn password_changed(&self) -> Option<Timestamp> {
        password_changed(&self.account, self.session.principal)
    }

    /// When the password expires, if it does.
    #[must_use]
    pub fn password_expires(&self) -> Option<Timestamp> {
        let policy = self.account.password_policy();
        self.login_profile()?.password_expires(policy)
    }

    /// Whether the password expired; else a new one is due because an administrator said so.
    #[must_use]
    pub fn is_password_expired(&self, now: Timestamp) -> bool {
        let policy = self.account.password_policy();
        self.login_profile()
            .is_some_and(|profile| match profile.password_standing(policy, now) {
                PasswordStanding::Good => false,
                PasswordStanding::Expired | PasswordStanding::ExpiredForGood => true,
            })
    }

    /// Whether the principal may change the own password: the root user always, a user with the right
    /// to `iam:ChangePassword`.
    #[must_use]
    pub fn may_change_password(&self, now: Timestamp) -> bool {
        match self.session.principal {
            Principal::Root => true,
            Principal::User(user) => door::may_change_password(
                &self.installation,
                &self.account,
                user,
                &self.request_context,
                now,
            ),
        }
    }
}
