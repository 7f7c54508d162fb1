// The groups page: states, adding by pasting a webhook, test messages, editing, removing.
import { describe, expect, test, vi } from "vitest";
import { all, byId, open, path, text, until } from "./harness";

const HOOK = "https://oapi.dingtalk.com/robot/send?access_token=abc";
const groups = () => all("group-row").map((row) => `${row.dataset.group} ${row.dataset.state}`);

test("who uses a group is not said before it is known", async () => {
  const { user, backend } = await open("/groups");
  const row = (name: string) => until(() => document.querySelector<HTMLElement>(`[data-group="${name}"] a`) ?? byId("none"));
  const asked = vi.spyOn(backend, "groupUses").mockReturnValue(new Promise(() => undefined));
  await user.click(await row("releases"));
  await until(() => byId("group-details"));
  expect(text("group-details")).not.toMatch(/no trigger uses it/i);
  asked.mockRejectedValue({ code: "io", message: "The rules cannot be read.", todo: "", field: null });
  await user.click(await row("audit-log"));
  await until(() => expect(text("group-details")).toContain("The rules cannot be read."));
});

test("each with its state, and why it refuses", async () => {
  await open("/groups");
  expect(groups()).toEqual(["payments-alerts refusing", "releases throttled", "platform-oncall ready", "audit-log ready"]);
  expect(text("problem")).toContain("none of the robot's keywords (errcode 310000)");
  expect(all("group-row")[2]?.textContent).toContain("Signing + Keyword");
  expect(all("group-row")[3]?.textContent).toContain("no trigger uses it");
});

test("the count says how many groups there are; this desktop stands under a heading of its own", async () => {
  await open("/groups");
  await until(() => byId("desktop-row"));
  const bar = document.querySelector(".page > .bar");
  expect(bar?.querySelector(".cap")?.textContent).toBe(String(all("group-row").length));
  expect(byId("desktop-row").previousElementSibling?.textContent).toBe("Notifications on this computer");
});

describe("the pasted webhook", () => {
  test.each([
    [HOOK, "true", "DingTalk robot"],
    ["https://hooks.example.com/x", "true", "Plain webhook"],
    ["https://dingtalk.corp.example/robot/send?access_token=abc", "true", "not DingTalk's own host"],
    ["https://oapi.dingtalk.com/robot/send", "false", "The address has no access_token."],
    ["hello", "false", "This is not an address."],
  ])("%s", async (url, ok, says) => {
    const { user } = await open("/groups?add=1");
    await user.type(byId("group-webhook"), url);
    await until(() => expect(byId("webhook-reading").dataset.ok).toBe(ok));
    expect(text("webhook-reading")).toContain(says);
  });
});

describe("adding", () => {
  test("with keywords, signature and a test message", async () => {
    const { user, backend } = await open("/groups?add=1");
    await user.type(byId("group-webhook"), HOOK);
    await user.type(byId("group-name"), "dba");
    await user.type(byId("group-keyword"), "告警{Enter}ArgoCD,Dinghy");
    await user.type(byId("group-sign"), "bad");
    await user.click(byId("group-test"));
    await until(() => expect(byId("test-result").dataset.ok).toBe("false"));
    expect(text("test-result")).toContain("errcode 310000 sign not match");
    expect(text("test-result")).toContain("Copy the secret from the robot's security settings again.");

    await user.clear(byId("group-sign"));
    await user.type(byId("group-sign"), "SECgood");
    await user.click(byId("group-test"));
    await until(() => expect(text("test-result")).toBe("Accepted in 168 ms. It should be in the group now."));

    await user.click(byId("group-save"));
    await until(() => expect(groups()).toContain("dba ready"));
    expect(path()).toBe("#/groups/dba");
    const added = (await backend.status()).groups.find((group) => group.name === "dba");
    expect([added?.keywords, added?.signed]).toEqual([["告警", "ArgoCD", "Dinghy"], true]);
  });

  test("at most ten keywords", async () => {
    const { user } = await open("/groups?add=1");
    await user.type(byId("group-keyword"), "a,b,c,d,e,f,g,h,i,j,");
    expect((byId("group-keyword") as HTMLInputElement).disabled).toBe(true);
    expect(text("group-form")).toContain("A robot has at most 10 keywords.");
  });

  test("what is wrong stands at its field", async () => {
    const { user } = await open("/groups?add=1");
    await user.click(byId("group-save"));
    expect(text("group-form")).toContain("Paste the webhook first.");
    await user.type(byId("group-webhook"), HOOK);
    await user.type(byId("group-name"), "平台 值班");
    await user.click(byId("group-save"));
    await until(() => expect(byId("group-name").getAttribute("aria-invalid")).toBe("true"));
  });
});

test("editing keeps stored secrets unless told otherwise", async () => {
  const { user, backend } = await open("/groups/platform-oncall?edit=1");
  await until(() => byId("group-form"));
  expect((byId("group-webhook") as HTMLTextAreaElement).value).toBe("");
  await user.click(byId("group-unsigned"));
  await user.click(byId("group-save"));
  await until(() => expect(path()).toBe("#/groups/platform-oncall"));
  expect((await backend.status()).groups[2]?.signed).toBe(false);
});

test.each([
  ["platform-oncall", "true", "Accepted in 168 ms"],
  ["payments-alerts", "false", "errcode 310000 keywords not in content"],
])("a test message through %s", async (name, ok, says) => {
  const { user } = await open(`/groups/${name}`);
  await user.click(byId("group-test"));
  await until(() => expect(byId("test-result").dataset.ok).toBe(ok));
  expect(text("test-result")).toContain(says);
});

test("removing says what is lost", async () => {
  const { user } = await open("/groups/releases");
  await user.click(byId("group-remove"));
  expect(text("dialog")).toContain("9 messages that wait for it will not be sent.");
  await user.click(byId("dialog-confirm"));
  await until(() => expect(groups()).not.toContain("releases throttled"));
});

test("a group is switched off and on in its row", async () => {
  const { user } = await open("/groups");
  const row = (name: string) => all("group-row").find((one) => one.dataset.group === name) as HTMLElement;
  const button = () => row("platform-oncall").querySelector<HTMLElement>("[role=switch]") as HTMLElement;
  expect(button().getAttribute("aria-checked")).toBe("true");
  await user.click(button());
  await until(() => expect(button().getAttribute("aria-checked")).toBe("false"));
  expect(row("platform-oncall").textContent).toContain("switched off");
  expect(path()).toBe("#/groups");
});

describe("the table of mentions", () => {
  test("rows are edited, what is nobody says so at its row", async () => {
    const { user, backend } = await open("/groups/platform-oncall?edit=1");
    await until(() => expect(all("person-who").map((field) => (field as HTMLInputElement).value)).toEqual(["alice", "Bob Li"]));
    await user.click(byId("person-add"));
    await until(() => expect(all("person-who").length).toBe(3));
    await user.type(all("person-who")[2] as HTMLElement, "carol");
    await user.type(all("person-to")[2] as HTMLElement, "@carol");
    await user.click(byId("group-save"));
    await until(() => expect(all("person-to")[2]?.getAttribute("aria-invalid")).toBe("true"));
    expect(text("people")).toContain("Write a mobile or a DingTalk user id.");
    await user.clear(all("person-to")[2] as HTMLElement);
    await user.type(all("person-to")[2] as HTMLElement, "+852-12345678");
    await user.click(all("person-remove")[0] as HTMLElement);
    await user.click(byId("group-slide"));
    await user.click(byId("group-save"));
    await until(() => expect(path()).toBe("#/groups/platform-oncall"));
    const form = await backend.groupForm("platform-oncall");
    expect([form.mention, form.pc_slide]).toEqual([[{ who: "Bob Li", to: "manager7" }, { who: "carol", to: "+852-12345678" }], true]);
  });

  test("a test message calls who is chosen", async () => {
    const { user, backend } = await open("/groups/platform-oncall");
    const tried = vi.spyOn(backend, "groupTest");
    await until(() => byId("test-mention"));
    await user.selectOptions(byId("test-mention"), "Bob Li");
    await user.click(byId("group-test"));
    await until(() => expect(byId("test-result").dataset.ok).toBe("true"));
    expect(tried.mock.calls).toEqual([["platform-oncall", "manager7"]]);
  });
});

test("a plain webhook has headers, a user and a warning instead of what robots have", async () => {
  const { user, backend } = await open("/groups?add=1");
  await user.type(byId("group-webhook"), "https://hooks.example.com/x");
  await until(() => byId("headers"));
  expect([all("group-sign"), all("people")]).toEqual([[], []]);
  await user.type(byId("group-name"), "chat");
  await user.click(byId("header-add"));
  await user.type(byId("header-name"), "Authorization");
  await user.type(byId("header-value"), "Bearer x");
  expect((byId("header-value") as HTMLInputElement).type).toBe("password");
  await user.type(byId("group-user"), "ci");
  await user.type(byId("group-password"), "hunter2");
  await user.click(byId("group-insecure"));
  expect(text("group-form")).toContain("Anyone in between can read what is sent");
  const added = vi.spyOn(backend, "groupAdd");
  await user.click(byId("group-save"));
  await until(() => expect(groups()).toContain("chat ready"));
  const form = added.mock.calls[0]?.[0];
  expect([form?.headers, form?.username, form?.password, form?.insecure_skip_verify]).toEqual([[{ name: "Authorization", value: "Bearer x", secret: true, kept: false }], "ci", "hunter2", true]);
});

test("a stored header shows that it is kept, and nothing of it", async () => {
  await open("/groups/audit-log?edit=1");
  await until(() => byId("headers"));
  expect((byId("header-value") as HTMLInputElement).value).toBe("");
  expect((byId("header-value") as HTMLInputElement).placeholder).toBe("stored in the keychain");
});

test("how full a robot's minute is, who uses a group, and what it refused", async () => {
  const { user } = await open("/groups/payments-alerts");
  await until(() => expect(all("group-load").map((load) => load.dataset.full)).toEqual(["false", "true", "false", "false"]));
  expect(text("group-details")).toContain("payments-alerts");
  await until(() => expect(all("group-held").length).toBe(1));
  await user.click(byId("group-retry"));
  await until(() => expect(all("group-held")).toEqual([]));
});

test("this desktop is a destination of its own", async () => {
  const { user } = await open("/groups");
  await until(() => expect(byId("desktop-row").dataset.on).toBe("false"));
  await user.click(byId("desktop-test"));
  await until(() => expect(text("desktop-row")).toContain("Shown."));
  await user.click(byId("desktop-set"));
  await until(() => expect(byId("desktop-row").dataset.on).toBe("true"));
  // One control holds it back, another takes it out of the rules.
  expect(all("desktop-set")).toEqual([]);
  await user.click(byId("desktop-switch"));
  await until(() => expect(byId("desktop-switch").getAttribute("aria-checked")).toBe("false"));
  await user.click(byId("desktop-remove"));
  await until(() => expect(byId("desktop-row").dataset.on).toBe("false"));
});
