// The code editor: CodeMirror in a shadow root, where its styles are constructed style sheets, which the page's content
// security policy allows; in the document they would be inline and refused. Loaded when an editor is first shown.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource, insertBracket } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField, type Text } from "@codemirror/state";
import { type BlockInfo, Decoration, type DecorationSet, EditorView, keymap, lineNumbers, WidgetType } from "@codemirror/view";
import type { FieldView } from "../ipc";
import { offers } from "./complete";
import { colours, language, type Language } from "./languages";

/** A mistake: line and column from 1, columns in characters. */
export interface Mistake { line: number; column: number; message: string }

export interface Editor {
  set(text: string): void;
  mistakes(list: readonly Mistake[]): void;
  fields(list: readonly FieldView[]): void;
  focus(): void;
  destroy(): void;
}

export interface EditorOptions {
  text: string;
  language: Language;
  label: string;
  /** More than one line. */
  lines: boolean;
  numbers: boolean;
  onchange: (text: string) => void;
  /** Called with the caret's place. */
  oncaret: (line: number, column: number) => void;
}

class Message extends WidgetType {
  constructor(readonly text: string) {
    super();
  }
  override eq(other: Message): boolean {
    return other.text === this.text;
  }
  override toDOM(): HTMLElement {
    const line = document.createElement("div");
    line.className = "cm-wrong";
    line.textContent = this.text;
    return line;
  }
}

const setMistakes = StateEffect.define<readonly Mistake[]>();

/** Offsets of the word that a mistake is at; columns count characters, offsets UTF-16 units. */
export function place(doc: Text, mistake: Mistake): { from: number; to: number } {
  const line = doc.line(Math.min(Math.max(1, mistake.line), doc.lines));
  const before = [...line.text].slice(0, Math.max(0, mistake.column - 1)).join("").length;
  let from = line.from + Math.min(before, line.length);
  const word = /^(?:\w+|[^\w\s]+|\s+)/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
  // At the end of a line there is nothing to underline but what stands before.
  if (word === 0 && from > line.from) from -= 1;
  return { from, to: Math.min(line.to, from + Math.max(1, word)) };
}

function decorate(doc: Text, list: readonly Mistake[]): DecorationSet {
  const inOrder = [...list].sort((a, b) => a.line - b.line || a.column - b.column);
  const marks = inOrder.flatMap((mistake) => {
    const { from, to } = place(doc, mistake);
    const message = Decoration.widget({ widget: new Message(mistake.message), block: true, side: 1 }).range(doc.lineAt(from).to);
    return to > from ? [Decoration.mark({ class: "cm-squiggle" }).range(from, to), message] : [message];
  });
  return Decoration.set(marks, true);
}

const mistakesField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    let next = marks.map(change.changes);
    for (const effect of change.effects) if (effect.is(setMistakes)) next = decorate(change.state.doc, effect.value.slice(0, 3));
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** A click on a number: the caret goes to the line. */
function toLine(view: EditorView, line: BlockInfo): boolean {
  view.dispatch({ selection: { anchor: line.from } });
  view.focus();
  return true;
}

const look = EditorView.theme({
  "&": { font: "var(--t-code) var(--mono)", backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: "inherit", lineHeight: "1.25rem", overflowX: "auto" },
  ".cm-content": { padding: "0.375rem 0", caretColor: "var(--text)", userSelect: "text", webkitUserSelect: "text" },
  // As high as the box, so that a click below the last line is one into the editor. --rows comes from the field.
  ".cm-content, .cm-gutter": { minHeight: "calc(var(--rows, 1) * 1.25rem + 0.75rem)" },
  ".cm-line": { padding: "0 0.5rem" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--text-3)", fontSize: "0.6875rem" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "1.625rem", padding: "0 0.25rem 0 0" },
  ".cm-squiggle": { textDecorationLine: "underline", textDecorationStyle: "wavy", textDecorationColor: "var(--degraded-shape)", textDecorationSkipInk: "none", textUnderlineOffset: "3px" },
  ".cm-wrong": { margin: "2px 0.5rem 0.25rem", padding: "2px 0.5rem", borderRadius: "0.25rem", background: "var(--degraded-tint)", color: "var(--degraded-text)", font: "var(--t-sm) var(--font)", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-matchingBracket": { backgroundColor: "var(--bg-press) !important", outline: "none" },
  ".cm-tooltip": { border: "none", borderRadius: "0.5rem", background: "var(--bg-raised)", boxShadow: "var(--shadow-pop)", color: "var(--text)", zIndex: "30" },
  ".cm-tooltip-autocomplete > ul": { font: "var(--t-code) var(--mono) !important", maxHeight: "13.75rem", padding: "0.25rem" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "2px 0.5rem !important", borderRadius: "0.25rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--bg-selected) !important", color: "var(--text) !important" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600", color: "var(--accent-text)" },
  ".cm-completionDetail": { font: "var(--t-cap) var(--font)", color: "var(--text-3)", marginInlineStart: "1rem" },
  ".cm-completionInfo": { padding: "0.25rem 0.5rem !important", font: "var(--t-sm) var(--mono)", color: "var(--text-2)", maxWidth: "16.25rem !important", overflowWrap: "anywhere" },
});

/** What is typed takes the place of what is selected, brackets and quotes too. Set around it they would leave it selected, and
    in a shadow root WebKit takes such a selection for one of the whole page: the next key would bring its words in. */
const replaceSelected = EditorView.inputHandler.of((view, _from, _to, text) => {
  if (view.state.selection.main.empty || !/^["'([{`]$/.test(text)) return false;
  view.dispatch({ ...view.state.replaceSelection(""), userEvent: "input.type" });
  view.dispatch(insertBracket(view.state, text) ?? view.state.update(view.state.replaceSelection(text), { userEvent: "input.type" }));
  return true;
});

export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
  const parent = document.createElement("div");
  root.replaceChildren(parent);
  let known: readonly FieldView[] = [];
  let silent = false;

  const complete: CompletionSource = (context) => {
    if (options.language === "yaml") return null;
    const from = Math.max(0, context.pos - 400);
    const found = offers(options.language, context.state.sliceDoc(from, context.pos), known, context.explicit);
    if (found === null) return null;
    const list = found.list.map((offer) => ({
      label: offer.label, detail: offer.kind, apply: offer.apply, type: offer.kind === "function" ? "function" : "property",
      ...(offer.example === "" ? {} : { info: offer.example }),
    }));
    return { from: from + found.from, options: list, validFor: /^\.?[\w']*$/ };
  };

  const view = new EditorView({
    parent,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        options.numbers ? lineNumbers({ domEventHandlers: { mousedown: toLine } }) : [],
        // A single line: what is pasted becomes one.
        options.lines ? [] : EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change)),
        history(),
        language(options.language),
        syntaxHighlighting(colours),
        bracketMatching(),
        replaceSelected,
        closeBrackets(),
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
        mistakesField,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label, "aria-multiline": String(options.lines), spellcheck: "false", autocapitalize: "off" }),
        // Tab leaves the field, as everywhere; Esc closes the list of completions first.
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap.filter((binding) => binding.key !== "Escape"), ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !silent) options.onchange(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) {
            const head = update.state.selection.main.head;
            const line = update.state.doc.lineAt(head);
            options.oncaret(line.number, [...line.text.slice(0, head - line.from)].length + 1);
          }
        }),
        look,
      ],
    }),
  });

  return {
    set(text) {
      if (text === view.state.doc.toString()) return;
      silent = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      silent = false;
    },
    mistakes: (list) => view.dispatch({ effects: setMistakes.of(list) }),
    fields: (list) => void (known = list),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
