//! Tells what the policies of a user, group or role would allow, and which of their statements decide.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicySourceArn` | required | text of 20 to 2048 characters |
//! | `PolicyInputList` |  | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `PermissionsBoundaryPolicyInputList` |  | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `PolicyExclusionList` |  | list of at most 256 elements of: structure of `PolicyType`, `PolicyArn`, `InlinePolicyIdentifier` |
//! | `ActionNames` | required | list of: text of 3 to 128 characters |
//! | `ResourceArns` |  | list of: text of 1 to 2048 characters |
//! | `ResourcePolicy` |  | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `ResourceOwner` |  | text of 1 to 2048 characters |
//! | `CallerArn` |  | text of 1 to 2048 characters |
//! | `ContextEntries` |  | list of: structure of `ContextKeyName`, `ContextKeyValues`, `ContextKeyType` |
//! | `ResourceHandlingOption` |  | text of 1 to 64 characters |
//! | `MaxItems` |  | number from 1 to 1000 |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//!
//! Permission: `iam:SimulatePrincipalPolicy`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `PolicyEvaluation` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{SimulatePolicyResponse, SimulatePrincipalPolicyRequest};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::or_empty;
use crate::iam::shared::entity_arn::EntityArn;
use crate::iam::shared::principal_policies::{Exclusions, PrincipalPolicies};
use crate::simulator::{self, Scenario};

pub(crate) async fn simulate_principal_policy(
    call: Call<SimulatePrincipalPolicyRequest>,
) -> Outcome<SimulatePolicyResponse> {
    let (input, account) = (call.input(), call.account());
    let source = input.policy_source_arn.as_str();
    let named = EntityArn::parse(source).ok_or_else(|| fault::unclear_entity_arn(source))?;
    let permit = call.authorize(named.resource(account, source))?;
    let entity = named
        .find(account)
        .ok_or_else(|| fault::no_such_arn(source))?;
    let exclusions = Exclusions(or_empty(input.policy_exclusion_list.as_ref()));
    let policies = PrincipalPolicies::of(account, call.managed(), entity, exclusions)?;
    // A user is simulated as the caller where nobody else is named.
    let default_caller = match entity {
        PolicyEntity::User(_) => Some(source),
        PolicyEntity::Group(_) | PolicyEntity::Role(_) => None,
    };
    let scenario = Scenario {
        own_policies: policies.own,
        policies: or_empty(input.policy_input_list.as_ref()),
        own_boundary: policies.boundary,
        boundaries: or_empty(input.permissions_boundary_policy_input_list.as_ref()),
        organization: &[],
        resource_policy: input.resource_policy.as_deref(),
        resource_owner: input.resource_owner.as_deref(),
        caller_arn: input.caller_arn.as_deref().or(default_caller),
        context_entries: or_empty(input.context_entries.as_ref()),
        actions: &input.action_names,
        resources: or_empty(input.resource_arns.as_ref()),
        page: (input.max_items, input.marker.as_deref()),
    };
    permit.answer(simulator::simulate(scenario).await?)
}

#[cfg(test)]
mod tests {
    use keyward_testkit::World;

    const GET: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
    const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}}"#;
    const BOB: &str = "arn:aws:iam::123456789012:user/bob";

    async fn world() -> World {
        let world = World::new().await;
        for (action, form) in [
            ("CreateUser", "UserName=Bob&Path=%2Fa%2F".to_owned()),
            ("CreateGroup", "GroupName=Staff".to_owned()),
            ("AddUserToGroup", "GroupName=Staff&UserName=Bob".to_owned()),
            (
                "PutUserPolicy",
                format!("UserName=Bob&PolicyName=get&PolicyDocument={GET}"),
            ),
            (
                "CreatePolicy",
                format!("PolicyName=no&Path=%2Fx%2F&PolicyDocument={DENY}"),
            ),
            (
                "AttachGroupPolicy",
                "GroupName=Staff&PolicyArn=arn:aws:iam::123456789012:policy/x/no".to_owned(),
            ),
        ] {
            assert_eq!(
                world.root().ask(action, &form).await.fault(),
                "200",
                "{action}"
            );
        }
        world
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_principals_own_policies_decide_and_those_of_its_groups() {
        let world = world().await;
        let ask = async |action: &str, more: &str| {
            let form = format!("PolicySourceArn={BOB}&ActionNames.member.1={action}{more}");
            world.root().ask("SimulatePrincipalPolicy", &form).await
        };
        let got = ask("s3:GetBucketAcl", "").await;
        assert_eq!(got.text("EvalDecision"), "allowed");
        assert_eq!(got.texts("SourcePolicyId"), ["user_Bob_get"]);
        assert_eq!(got.texts("SourcePolicyType"), ["IAM Policy"]);
        let got = ask("s3:GetObject", "").await;
        assert_eq!(got.text("EvalDecision"), "explicitDeny");
        assert_eq!(got.texts("SourcePolicyId"), ["no"]);
        let without = "&PolicyExclusionList.member.1.PolicyArn=arn:aws:iam::123456789012:policy/no";
        assert_eq!(
            ask("s3:GetObject", without).await.text("EvalDecision"),
            "allowed"
        );
        let without = "&PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName=get\
                       &PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentType=user\
                       &PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentName=*ob";
        let got = ask("s3:GetBucketAcl", without).await;
        assert_eq!(got.text("EvalDecision"), "implicitDeny");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_simulator_says_what_the_gate_does_also_under_a_boundary() {
        let world = world().await;
        let root = world.root();
        let all = GET.replace("s3:Get*", "*");
        for (action, form) in [
            (
                "PutUserPolicy",
                format!("UserName=Bob&PolicyName=all&PolicyDocument={all}"),
            ),
            (
                "PutUserPermissionsBoundary",
                "UserName=Bob&PermissionsBoundary=arn:aws:iam::aws:policy/IAMReadOnlyAccess"
                    .to_owned(),
            ),
        ] {
            assert_eq!(root.ask(action, &form).await.fault(), "200");
        }
        let bob = world.user("Bob").await;
        for (action, form) in [
            ("GetUser", "UserName=Bob"),
            ("DeleteGroup", "GroupName=None"),
        ] {
            let asked = format!("PolicySourceArn={BOB}&ActionNames.member.1=iam:{action}");
            let simulated = root.ask("SimulatePrincipalPolicy", &asked).await;
            let is_allowed = simulated.text("EvalDecision") == "allowed";
            let fault = bob.ask(action, form).await.fault();
            assert_eq!(
                is_allowed,
                !fault.contains("AccessDenied"),
                "{action}: {fault}"
            );
        }
        let asked = format!("PolicySourceArn={BOB}&ActionNames.member.1=iam:DeleteGroup");
        let simulated = root.ask("SimulatePrincipalPolicy", &asked).await;
        assert_eq!(simulated.text("AllowedByPermissionsBoundary"), "false");
        let denied = bob.ask("DeleteGroup", "GroupName=None").await.fault();
        assert!(
            denied.ends_with("because no permissions boundary allows the iam:DeleteGroup action"),
            "{denied}"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_is_not_there_is_told_as_such() {
        let world = world().await;
        let ask = async |arn: &str| {
            let form = format!("PolicySourceArn={arn}&ActionNames.member.1=s3:GetObject");
            world
                .root()
                .ask("SimulatePrincipalPolicy", &form)
                .await
                .fault()
        };
        assert!(
            ask("arn:aws:iam::123456789012:role/bob")
                .await
                .starts_with("404 NoSuchEntity")
        );
        assert!(
            ask("arn:aws:s3:::123456789012/bob")
                .await
                .starts_with("400 InvalidInput")
        );
    }
}
