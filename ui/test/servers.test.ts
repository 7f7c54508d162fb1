// The servers page: states, signing in, adding with a connection test, editing, removing.
import { describe, expect, test, vi } from "vitest";
import type { ProbeView } from "../src/ipc";
import { emptyForm, fakePrint } from "../src/ipc/fake-data/servers";
import { all, byId, open, path, text, until } from "./harness";

const servers = () => all("server-row").map((row) => `${row.dataset.server} ${row.dataset.state}`);
const steps = () => all("probe-step").map((step) => `${step.dataset.step} ${step.dataset.ok}`);

test("each with its state, its problem and what to do", async () => {
  await open("/servers");
  expect(servers()).toEqual(["prod-cn live", "prod-eu unauthorized", "staging polling"]);
  expect(all("server-state").map((state) => state.textContent)).toEqual(["Live", "Token expired", "Polling"]);
  expect(text("problem")).toContain("The token ran out at 10:12.");
  expect(text("problem")).toContain("argocd account generate-token");
  expect(text("server-insecure-warning")).toBe("Certificate not checked");
});

describe("signing in again", () => {
  test("a token that works", async () => {
    const { user } = await open("/servers");
    await user.type(byId("signin-secret"), "eyJhbGciOi");
    await user.click(byId("signin-submit"));
    await until(() => expect(servers()[1]).toBe("prod-eu live"));
    expect(text("toast")).toBe("prod-eu: signed in");
  });
  test("one that does not says so beside the field", async () => {
    const { user, findByRole } = await open("/servers");
    await user.type(byId("signin-secret"), "bad{Enter}");
    expect((await findByRole("alert")).textContent).toContain("Argo CD does not accept this token.");
    expect(byId("signin-secret").getAttribute("aria-invalid")).toBe("true");
  });
});

describe("adding", () => {
  test("says what is missing, tests step by step, saves", async () => {
    const { user } = await open("/servers");
    await user.click(byId("server-add"));
    expect(path()).toBe("#/servers?add=1");
    await user.click(byId("server-save"));
    expect(text("server-form")).toContain("Give it a name.");
    expect(byId("server-url").getAttribute("aria-invalid")).toBe("true");

    await user.type(byId("server-name"), "lab");
    await user.type(byId("server-url"), "https://self.lab:8443");
    await user.click(byId("server-auth-password"));
    await user.type(byId("server-username"), "admin");
    await user.type(byId("server-secret"), "hunter2");
    await user.click(byId("server-test"));
    await until(() => expect(steps()).toEqual(["reach true", "tls false"]));
    expect(text("probe")).toContain("Compare its fingerprint and trust it");

    await user.click(byId("server-more"));
    await user.click(byId("server-insecure"));
    expect(text("server-form")).toContain("Anyone between you and the server can read the token");
    await user.click(byId("server-test"));
    await until(() => expect(steps()).toEqual(["reach true", "tls true", "argocd true", "sign_in true", "list true"]));

    await user.click(byId("server-save"));
    await until(() => expect(servers()).toContain("lab connecting"));
    expect(path()).toBe("#/servers/lab");
    expect(all("server-form")).toEqual([]);
  });

  test("a certificate is looked at, compared and trusted before anything is saved", async () => {
    const { user, backend } = await open("/servers?add=1");
    await user.type(byId("server-name"), "lab");
    await user.type(byId("server-url"), "https://self.lab:8443");
    await user.type(byId("server-secret"), "t");
    await user.click(byId("server-test"));
    await until(() => byId("certificate-look"));
    await user.click(byId("certificate-look"));
    expect(text("dialog")).toContain("It is signed by itself, so nobody vouches for it.");
    expect(text("fingerprint").replace(/\s/g, "")).toBe(fakePrint.replaceAll(":", ""));
    await user.type(byId("compare"), `sha256 Fingerprint=${fakePrint.replace("7C", "7D")}`);
    expect(byId("compared").dataset.same).toBe("false");
    await user.clear(byId("compare"));
    await user.type(byId("compare"), fakePrint.toLowerCase().replaceAll(":", " "));
    expect(byId("compared").dataset.same).toBe("true");
    await user.click(byId("dialog-confirm"));
    await until(() => expect(steps()).toEqual(["reach true", "tls true", "argocd true", "sign_in true", "list true"]));
    expect((byId("server-url") as HTMLInputElement).value).toBe("https://self.lab:8443");
    await user.click(byId("server-save"));
    await until(() => expect(servers()).toContain("lab connecting"));
    expect((await backend.status()).servers.find((server) => server.name === "lab")?.form.certificate_sha256).toBe(fakePrint);
    expect(text("server-details")).toContain(fakePrint);
  });

  test("a saved server is trusted from its page; a changed certificate shows both fingerprints", async () => {
    const { user, backend } = await open("/servers");
    await backend.serverAdd({ ...emptyForm, name: "lab", url: "https://self.lab", certificate_sha256: "AB:CD" });
    await until(() => expect(servers()).toContain("lab tls_problem"));
    location.hash = "#/servers/lab";
    await until(() => expect(text("server-details")).toContain("Fingerprint of the trusted one"));
    expect(text("fingerprint-before")).toBe("AB CD");
    const row = all("server-row").find((one) => one.dataset.server === "lab") as HTMLElement;
    await user.click(row.querySelector("[data-testid=certificate-look]") as HTMLElement);
    await user.click(byId("dialog-cancel"));
    expect(servers()).toContain("lab tls_problem");
    await user.click(row.querySelector("[data-testid=certificate-look]") as HTMLElement);
    await user.click(byId("dialog-confirm"));
    await until(() => expect(servers()).toContain("lab live"));
    expect(all("dialog")).toEqual([]);
  });

  test.each([
    ["https://nowhere.example", "good", ["reach false"]],
    ["argocd.example.com", "bad", ["reach true", "tls true", "argocd true", "sign_in false"]],
  ])("%s with %s", async (url, secret, expected) => {
    const { user } = await open("/servers?add=1");
    await user.type(byId("server-url"), url);
    await user.type(byId("server-secret"), secret);
    await user.click(byId("server-test"));
    await until(() => expect(steps()).toEqual(expected));
    // Why stands at its field, until that is changed.
    const field = url.includes("nowhere") ? "server-url" : "server-secret";
    expect(byId(field).getAttribute("aria-invalid")).toBe("true");
    expect(byId("probe").querySelector("[data-testid=problem]")).toBeNull();
    await user.type(byId(field), "x");
    expect(byId(field).getAttribute("aria-invalid")).toBeNull();
  });

  test("a test that takes its time says what it tries and can be stopped", async () => {
    const { user, backend } = await open("/servers?add=1");
    const more = vi.spyOn(backend, "serverTestMore");
    const stop = vi.spyOn(backend, "serverTestStop");
    let answer = (_: ProbeView) => {};
    more.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    await user.type(byId("server-url"), "https://slow.example");
    await user.click(byId("server-test"));
    await until(() => expect(text("probe")).toContain("Reach the server"));
    expect(byId("probe").dataset.busy).toBe("true");
    const run = more.mock.calls[0]?.[0] ?? 0;
    answer({ run, done: false, ok: false, trying: "Sign in", steps: [{ step: "reach", title: "Reachable", found: "", problem: null, certificate: null, field: null }], url: "https://slow.example" });
    await until(() => expect(text("probe")).toContain("Sign in"));
    expect(steps()).toEqual(["reach true"]);
    await user.click(byId("probe-cancel"));
    await until(() => expect(all("probe")).toEqual([]));
    expect(stop.mock.calls).toEqual([[run]]);
    // What comes late is not shown.
    answer({ run, done: true, ok: true, trying: "", steps: [], url: "" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(all("probe")).toEqual([]);
    expect((byId("server-url") as HTMLInputElement).value).toBe("https://slow.example");
  });

  test("an error of the backend stands at its field", async () => {
    const { user } = await open("/servers?add=1");
    await user.type(byId("server-name"), "staging");
    await user.type(byId("server-url"), "https://x");
    await user.click(byId("server-save"));
    await until(() => expect(byId("server-name").getAttribute("aria-invalid")).toBe("true"));
    expect(text("server-form")).toContain("There is one of this name already. Choose another name.");
  });
});

test("editing starts from the settings and never shows the secret", async () => {
  const { user, backend } = await open("/servers/staging?edit=1");
  const value = (id: string) => (byId(id) as HTMLInputElement).value;
  expect([value("server-name"), value("server-url"), value("server-username"), value("server-secret"), value("server-projects"), value("server-selector")])
    .toEqual(["staging", "https://argocd.stg.corp.internal/argo", "admin", "", "risk, media, storefront", "env!=dev"]);
  expect(text("server-form")).toContain("Stored in the keychain.");
  await user.clear(byId("server-projects"));
  await user.type(byId("server-projects"), "risk，media");
  await user.click(byId("server-save"));
  await until(() => expect(path()).toBe("#/servers/staging"));
  const saved = (await backend.status()).servers[2]?.form;
  expect([saved?.projects, saved?.insecure_skip_verify]).toEqual([["risk", "media"], true]);
});

test("leaving a form with text asks first", async () => {
  const { user } = await open("/servers?add=1");
  await user.type(byId("server-name"), "lab");
  await user.click(byId("nav-groups"));
  await until(() => byId("dialog"));
  await user.click(byId("dialog-cancel"));
  expect((byId("server-name") as HTMLInputElement).value).toBe("lab");
  await user.keyboard("{Escape}");
  await until(() => byId("dialog"));
  await user.click(byId("dialog-confirm"));
  await until(() => expect(all("server-form")).toEqual([]));
  expect(path()).toBe("#/servers");
});

test("removing asks, Esc keeps, the verb removes", async () => {
  const { user } = await open("/servers/prod-eu");
  await until(() => byId("server-remove"));
  await user.click(byId("server-remove"));
  expect(text("dialog")).toContain("7 applications leave the list");
  byId("dialog-cancel").focus();
  await user.keyboard("{Escape}");
  await until(() => expect(all("dialog")).toEqual([]));
  expect(servers().length).toBe(3);
  await user.click(byId("server-remove"));
  await user.click(byId("dialog-confirm"));
  await until(() => expect(servers()).toEqual(["prod-cn live", "staging polling"]));
});

test("arrows move between servers, Enter chooses", async () => {
  const { user, getByRole } = await open("/servers");
  getByRole("link", { name: "prod-cn" }).focus();
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(document.activeElement?.textContent).toBe("staging");
  (document.activeElement as HTMLElement).click();
  await until(() => expect(text("server-details")).toContain("polling every 30 s"));
});

test("nothing yet says what to do", async () => {
  const { findByRole } = await open("/servers", { empty: true });
  await findByRole("heading", { name: "No server yet" });
});

test("the focus goes into the form, and comes back when it closes", async () => {
  const { user } = await open("/servers");
  await user.click(byId("server-add"));
  await until(() => expect(document.activeElement).toBe(byId("server-url")));
  await user.keyboard("{Escape}");
  await until(() => expect(document.activeElement).toBe(byId("server-add")));
});

test("a server of the argocd command line is taken over with its token", async () => {
  const { user } = await open("/servers?add=1");
  await until(() => expect(text("servers-found")).toContain("argocd.lab.example.com"));
  expect(all("take-over").length).toBe(1);
  await user.click(byId("take-over"));
  await until(() => expect(all("server-row").map((row) => row.dataset.server)).toContain("argocd.lab.example.com"));
});

test("a token that runs out soon is said in the server's row", async () => {
  await open("/servers");
  await until(() => expect(text("server-token-ends")).toMatch(/Token: runs out .*, in (2|3) days/));
  expect(byId("server-token-ends").closest("[data-server]")?.getAttribute("data-server")).toBe("prod-cn");
});

test("a token that runs out soon is said in time, with the field for a new one", async () => {
  const { user } = await open("/servers/prod-cn");
  await until(() => expect(text("token-expiry")).toMatch(/Token: runs out .*, in (2|3) days/));
  expect(byId("token-expiry").querySelector("[data-testid=signin-secret]")).not.toBeNull();
  await user.click(all("server-row").find((row) => row.dataset.server === "staging")?.querySelector("a") as HTMLElement);
  await until(() => expect(all("token-expiry")).toEqual([]));
});

test.each([
  ["https://argocd.prod.example.cn/argo", "prod"], ["prod-eu.example.com:8443", "prod-eu"], ["https://10.20.4.31:8443", "argocd"], ["localhost:8080", "argocd"],
  ["argocd", "argocd"], ["", ""],
])("a new server at %s is called %s until it gets another name", async (url, name) => {
  const { user } = await open("/servers?add=1");
  if (url !== "") await user.type(byId("server-url"), url);
  await user.tab();
  expect((byId("server-name") as HTMLInputElement).value).toBe(name);
});
