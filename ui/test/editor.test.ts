// The code editor: what is typed reaches the form, mistakes stand where they are, and what is offered comes from real
// applications.
import { EditorView } from "@codemirror/view";
import { Text } from "@codemirror/state";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createEditor, type Editor, place } from "../src/editors/code";
import { offers } from "../src/editors/complete";

const fields = [
  { path: "app", kind: "map", example: "" }, { path: "app.metadata", kind: "map", example: "" }, { path: "app.metadata.name", kind: "string", example: "web" },
  { path: "app.metadata.labels", kind: "map", example: "" }, { path: "app.metadata.labels.team", kind: "string", example: "pay" }, { path: "app.metadata.labels['a/b']", kind: "string", example: "x" },
  { path: "app.status", kind: "map", example: "" }, { path: "app.status.resources", kind: "list", example: "" }, { path: "app.status.resources[]", kind: "map", example: "" },
  { path: "app.status.resources[].kind", kind: "string", example: "Pod" },
];

describe("completion", () => {
  test.each([
    ["expr", "app.metadata.", "name,labels"],
    ["expr", "x == 1 and app.me", "metadata,status"],
    ["expr", "app.metadata?.na", "name,labels"],
    ["expr", "app.status.resources[0].", "kind"],
    ["expr", "app.metadata.labels.", "team,['a/b']"],
    ["template", "# {{ .app.metadata.labels.", "team"],
    ["template", "{{range .app.status.resources}} app.", ""],
    ["template", "app.metadata.", ""],
    ["expr", "1 + app.none.", ""],
    ["expr", "app.metadata.name == 'le", ""],
    ["expr", 'app.metadata.name == "it\'s app.', ""],
    ["expr", "app.metadata.name == 'a' && app.me", "metadata,status"],
  ] as const)("%s: %s", (language, before, expected) => {
    expect(offers(language, before, fields, false)?.list.map((offer) => offer.label).join(",") ?? "").toBe(expected);
  });
  test("functions and variables where a word begins", () => {
    expect(offers("expr", "le", fields, false)?.list.map((offer) => offer.label)).toEqual(expect.arrayContaining(["app", "len"]));
    expect(offers("expr", "", fields, false)).toBeNull();
    expect(offers("template", "{{", fields, true)?.list.map((offer) => offer.label)).toEqual(expect.arrayContaining([".app", "range"]));
  });
  test("an example stands beside the field", () => {
    expect(offers("expr", "app.metadata.n", fields, false)).toMatchObject({ from: 13, list: [{ label: "name", kind: "string", example: "web" }, {}] });
  });
});

test.each([
  ["a == b", 1, 6, "b"], ["a == b", 1, 3, "=="], ["中文 x", 1, 4, "x"], ["𝒳𝒳 y", 1, 4, "y"], ["a\nbc", 2, 1, "bc"], ["ab", 1, 9, "b"], ["ab", 7, 1, "ab"], ["", 1, 1, ""],
])("a mistake in %j at %i:%i", (text, line, column, marked) => {
  const doc = Text.of(text.split("\n"));
  const { from, to } = place(doc, { line, column, message: "" });
  expect(doc.sliceString(from, to)).toBe(marked);
});

describe("the editor", () => {
  let editor: Editor | null = null;
  afterEach(() => editor?.destroy());
  function made(text: string, lines = true) {
    const host = document.body.appendChild(document.createElement("div"));
    const onchange = vi.fn();
    editor = createEditor(host, { text, language: "expr", label: "Condition", lines, numbers: true, onchange, oncaret: () => undefined });
    const view = EditorView.findFromDOM(host.shadowRoot?.querySelector(".cm-editor") as HTMLElement) as EditorView;
    return { host, view, onchange, editor };
  }

  test("styles stay in the shadow root, where the policy lets them be", () => {
    const { host } = made("x");
    expect(document.head.querySelectorAll("style").length).toBe(0);
    expect(host.shadowRoot?.querySelector("[aria-label=Condition][role=textbox]")).not.toBeNull();
  });
  test("tells what is typed, not what is set", () => {
    const { view, onchange, editor } = made("a");
    editor.set("ab");
    expect(onchange).not.toHaveBeenCalled();
    view.dispatch({ changes: { from: 2, insert: "c" } });
    expect(onchange.mock.calls).toEqual([["abc"]]);
  });
  test("draws mistakes under their line, two of one line too, and takes them away", () => {
    const { host, editor } = made("a = b\nc");
    const drawn = () => [...(host.shadowRoot?.querySelectorAll(".cm-wrong") ?? [])].map((node) => node.textContent);
    editor.mistakes([{ line: 1, column: 5, message: "two" }, { line: 1, column: 3, message: "one" }]);
    expect(drawn()).toEqual(["one", "two"]);
    expect(host.shadowRoot?.querySelectorAll(".cm-squiggle").length).toBe(2);
    editor.mistakes([]);
    expect(drawn()).toEqual([]);
  });
  test("a single line stays one", () => {
    const { view } = made("a", false);
    view.dispatch({ changes: { from: 1, insert: "\nb" } });
    expect(view.state.doc.toString()).toBe("a");
  });
});
