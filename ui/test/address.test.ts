// Addresses and the filters that stand in them.
import { describe, expect, test } from "vitest";
import { address, appFromParts, isFiltered, readAddress, readFilter, writeFilter } from "../src/view/address";

describe("reading", () => {
  test.each([
    ["", "overview", [], ""],
    ["#/", "overview", [], ""],
    ["#/servers", "servers", [], ""],
    ["/servers/prod", "servers", ["prod"], ""],
    ["#/groups/%E5%B9%B3%E5%8F%B0?edit=1", "groups", ["平台"], "edit=1"],
    ["#/apps/prod/argocd/web?q=a%2Fb&health=Degraded", "apps", ["prod", "argocd", "web"], "q=a%2Fb&health=Degraded"],
    ["#/nowhere/x?y=1", "overview", [], ""],
    ["#/servers/100%", "servers", ["100%"], ""],
  ])("%s", (hash, page, rest, query) => {
    const got = readAddress(hash);
    expect({ page: got.page, rest: got.rest, query: got.query.toString() }).toEqual({ page, rest, query });
  });
});

test("what is written is read again", () => {
  const names = ["prod/eu", "a?b", "平台 值班", "x#y", "100%"];
  for (const name of names) {
    const got = readAddress(address("servers", [name], { q: name, none: null, empty: "" }));
    expect(got).toMatchObject({ page: "servers", rest: [name] });
    expect([...got.query]).toEqual([["q", name]]);
  }
});

describe("filters", () => {
  test.each([
    ["", { server: null, project: null, sync: null, health: null, text: "" }, false],
    ["server=prod&project=web&sync=OutOfSync&health=Degraded&q=pay", { server: "prod", project: "web", sync: "OutOfSync", health: "Degraded", text: "pay" }, true],
    ["health=Splendid&sync=x", { server: null, project: null, sync: null, health: null, text: "" }, false],
  ])("%s", (query, filter, filtered) => {
    const got = readFilter(new URLSearchParams(query));
    expect(got).toEqual(filter);
    expect(isFiltered(got)).toBe(filtered);
    expect(readFilter(readAddress(address("apps", [], writeFilter(got))).query)).toEqual(got);
  });
});

test("an application needs all three parts", () => {
  expect(appFromParts(["s", "ns", "n"])).toEqual({ server: "s", namespace: "ns", name: "n" });
  expect(appFromParts(["s", "ns"])).toBeNull();
  expect(appFromParts([])).toBeNull();
});
