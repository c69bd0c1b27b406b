// `@aws-sdk/client-iam` against a running server, whose address is in ENDPOINT.

import assert from "node:assert/strict";
import test from "node:test";

import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteConflictException,
  DeleteGroupCommand,
  EntityAlreadyExistsException,
  GetAccountSummaryCommand,
  GetGroupCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateListUsers,
  paginateListPolicies,
  SimulatePrincipalPolicyCommand,
  waitUntilPolicyExists,
  waitUntilRoleExists,
  waitUntilUserExists,
} from "@aws-sdk/client-iam";

const iam = new IAMClient({
  endpoint: process.env.ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const READ = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
});

test("a user is made, shown and listed over pages", async () => {
  const names = Array.from({ length: 5 }, (_, number) => `paged-${number}`);
  for (const name of names) {
    const made = await iam.send(
      new CreateUserCommand({ UserName: name, Path: "/paged/", Tags: [{ Key: "a", Value: "b" }] }),
    );
    assert.equal(made.User.Arn, `arn:aws:iam::000000000000:user/paged/${name}`);
  }
  const shown = await iam.send(new GetUserCommand({ UserName: "PAGED-0" }));
  assert.deepEqual(shown.User.Tags, [{ Key: "a", Value: "b" }]);
  assert.ok(shown.User.CreateDate instanceof Date);
  const pages = [];
  for await (const page of paginateListUsers({ client: iam, pageSize: 2 }, { PathPrefix: "/paged/" })) {
    pages.push(page.Users.map((user) => user.UserName));
  }
  assert.deepEqual(pages, [names.slice(0, 2), names.slice(2, 4), names.slice(4)]);
});

test("a role with a policy in an instance profile", async () => {
  const made = await iam.send(new CreateRoleCommand({ RoleName: "Work", AssumeRolePolicyDocument: TRUST }));
  assert.match(made.Role.RoleId, /^AROA[A-Z2-7]{17}$/);
  const policy = await iam.send(new CreatePolicyCommand({ PolicyName: "Reading", PolicyDocument: READ }));
  const PolicyArn = policy.Policy.Arn;
  await iam.send(new AttachRolePolicyCommand({ RoleName: "Work", PolicyArn }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "Box" }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "Box", RoleName: "Work" }));
  const box = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: "Box" }));
  assert.deepEqual(box.InstanceProfile.Roles.map((role) => role.RoleName), ["Work"]);
  const shown = await iam.send(new GetRoleCommand({ RoleName: "Work" }));
  assert.equal(decodeURIComponent(shown.Role.AssumeRolePolicyDocument), TRUST);
  assert.equal(shown.Role.MaxSessionDuration, 3600);
  const simulated = await iam.send(
    new SimulatePrincipalPolicyCommand({ PolicySourceArn: made.Role.Arn, ActionNames: ["s3:GetObject", "s3:PutObject"] }),
  );
  assert.deepEqual(simulated.EvaluationResults.map((one) => one.EvalDecision), ["allowed", "implicitDeny"]);
  await waitUntilRoleExists({ client: iam, maxWaitTime: 5 }, { RoleName: "Work" });
  await waitUntilPolicyExists({ client: iam, maxWaitTime: 5 }, { PolicyArn });
});

test("errors are of their classes and say what is wrong", async () => {
  await iam.send(new CreateGroupCommand({ GroupName: "Crew" }));
  await iam.send(new CreateUserCommand({ UserName: "Bob" }));
  await iam.send(new AddUserToGroupCommand({ GroupName: "Crew", UserName: "Bob" }));
  const group = await iam.send(new GetGroupCommand({ GroupName: "Crew" }));
  assert.deepEqual(group.Users.map((user) => user.UserName), ["Bob"]);
  await refused(new CreateGroupCommand({ GroupName: "crew" }), EntityAlreadyExistsException, 409, "Group with name crew already exists.");
  await refused(new DeleteGroupCommand({ GroupName: "Crew" }), DeleteConflictException, 409, "Cannot delete entity, must remove users from group first.");
  await refused(new GetUserCommand({ UserName: "Nobody" }), NoSuchEntityException, 404, "The user with name Nobody cannot be found.");
  await refused(new CreatePolicyCommand({ PolicyName: "p", PolicyDocument: "{" }), MalformedPolicyDocumentException, 400, "Syntax errors in policy.");
});

test("waiters and maps", async () => {
  await waitUntilUserExists({ client: iam, maxWaitTime: 5 }, { UserName: "Bob" });
  const summary = await iam.send(new GetAccountSummaryCommand({}));
  assert.equal(summary.SummaryMap.UsersQuota, 5000);
});

test("policies of AWS are listed over pages and each once", async () => {
  const arns = [];
  for await (const page of paginateListPolicies({ client: iam, pageSize: 1000 }, { Scope: "AWS" })) {
    arns.push(...page.Policies.map((policy) => policy.Arn));
  }
  assert.ok(arns.length > 1000);
  assert.equal(new Set(arns).size, arns.length);
});

async function refused(command, type, status, message) {
  await assert.rejects(iam.send(command), (error) => {
    assert.ok(error instanceof type, String(error));
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.equal(error.message, message);
    assert.ok(error.$metadata.requestId);
    return true;
  });
}
