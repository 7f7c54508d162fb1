// From nothing to the first message: each step is tried before the next one comes.
import { expect, test, vi } from "vitest";
import { all, byId, open, path, text, until } from "./harness";

const step = () => byId("first-run").dataset.step;

test("server, group, rules, and a message", async () => {
  const { user, backend } = await open("/overview", { empty: true });
  await until(() => byId("start"));
  await user.click(byId("start").querySelector("a.btn") as HTMLElement);
  await until(() => expect(step()).toBe("server"));

  await user.type(byId("server-name"), "prod");
  await user.type(byId("server-url"), "https://nowhere.example");
  await user.type(byId("server-secret"), "t");
  await user.click(byId("server-save"));
  await until(() => expect(text("server-form")).toContain("No computer is called that"));
  expect((await backend.status()).servers, "nothing is saved that does not work").toEqual([]);
  await user.clear(byId("server-url"));
  await user.type(byId("server-url"), "https://argocd.example");
  await user.click(byId("server-save"));
  await until(() => expect(step()).toBe("group"));

  await user.type(byId("group-webhook"), "https://oapi.dingtalk.com/robot/send?access_token=nokey");
  await user.clear(byId("group-name"));
  await user.type(byId("group-name"), "team");
  await user.click(byId("group-save"));
  await until(() => expect(byId("test-result").dataset.ok).toBe("false"));
  expect((await backend.status()).groups).toEqual([]);
  await user.clear(byId("group-webhook"));
  await user.type(byId("group-webhook"), "https://oapi.dingtalk.com/robot/send?access_token=good");
  await user.click(byId("group-save"));
  await until(() => expect(step()).toBe("rules"));

  await until(() => expect(all("pick-on-deployed").length).toBe(1));
  await user.click(byId("pick-on-deployed"));
  const asked = vi.spyOn(backend, "rulesReadyAdd");
  await user.click(byId("start-rules"));
  await until(() => expect(byId("first-rules").dataset.done).toBe("true"));
  expect(asked.mock.calls).toEqual([[["on-health-degraded", "on-sync-failed"], ["team"]]]);
  await user.click(byId("start-test"));
  await until(() => expect(byId("test-result").dataset.ok).toBe("true"));
  await user.click(byId("start-finish"));
  expect(path()).toBe("#/overview");
});

test("a step may be skipped and come back to; what is there already is shown", async () => {
  const { user } = await open("/start", { empty: true });
  await until(() => expect(step()).toBe("server"));
  await user.click(byId("start-skip"));
  await until(() => expect(step()).toBe("group"));
  await user.click(byId("start-skip"));
  await until(() => expect(text("first-rules")).toContain("Add a group first."));
});

test("a server of the command line is taken over", async () => {
  const { user } = await open("/start", { empty: true });
  await until(() => expect(all("take-over").length).toBe(2));
  await user.click(all("take-over")[0] as HTMLElement);
  await until(() => expect(step()).toBe("group"));
  await user.click(byId("first-run").querySelector("a.step") as HTMLElement);
  await until(() => expect(text("first-run")).toContain("prod-cn: Live"));
  await user.click(byId("start-next"));
  await until(() => expect(step()).toBe("group"));
});

test("as long as no group is told anything, the overview leads on", async () => {
  const { user, backend } = await open("/overview");
  await until(() => byId("tallies"));
  expect(all("unfinished")).toEqual([]);
  for (const group of (await backend.status()).groups) await backend.groupRemove(group.name);
  await until(() => byId("unfinished"));
  await user.click(byId("unfinished").querySelector("a") as HTMLElement);
  await until(() => expect(step()).toBe("group"));
});

test("with what is proposed an address, a token and a webhook are all that is typed", async () => {
  const { user, backend } = await open("/start", { empty: true });
  await until(() => expect(step()).toBe("server"));
  await user.type(byId("server-url"), "https://argocd.prod.example");
  await user.type(byId("server-secret"), "t");
  await user.click(byId("server-save"));
  await until(() => expect(step()).toBe("group"));
  await user.type(byId("group-webhook"), "https://oapi.dingtalk.com/robot/send?access_token=good");
  await user.click(byId("group-save"));
  await until(() => expect(step()).toBe("rules"));
  await until(() => expect((byId("start-rules") as HTMLButtonElement).disabled).toBe(false));
  await user.click(byId("start-rules"));
  await until(() => expect(byId("first-rules").dataset.done).toBe("true"));
  const status = await backend.status();
  expect([status.servers[0]?.name, status.groups[0]?.name]).toEqual(["prod", "dingtalk"]);
});

test("or look at the demo", async () => {
  const { user, backend } = await open("/start", { empty: true });
  await until(() => byId("start-demo"));
  expect(text("first-run")).toContain("Dinghy starts again for it");
  await user.click(byId("start-demo"));
  await until(() => expect(backend.opened).toEqual(["the demo"]));
  expect(byId("start-demo").getAttribute("aria-busy"), "until the new window is there").toBe("true");
  expect(text("first-run")).toContain("A new window takes the place of this one in a moment.");
  await user.click(byId("start-demo"));
  expect(backend.opened, "once is enough").toEqual(["the demo"]);
});

test("a demo that cannot be started says so, and can be tried again", async () => {
  const { user, backend } = await open("/overview", { empty: true });
  await until(() => byId("start-demo"));
  backend.showDemo = () => Promise.reject({ code: "start", message: "Dinghy could not be started again.", todo: "", field: null });
  await user.click(byId("start-demo"));
  await until(() => expect(text("toast")).toContain("Dinghy could not be started again."));
  expect(byId("start-demo").getAttribute("aria-busy")).toBe(null);
});
