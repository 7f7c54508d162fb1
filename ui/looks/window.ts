// The whole window on the invented backend, held still: the clock stands, nothing moves, no cursor blinks. It is built
// on its own (vite.config.ts beside this file) and is no part of the product.
import "../src/styles";
import "./still.css";
import { mount } from "svelte";
import App from "../src/App.svelte";
import { en } from "../src/i18n/en";
import { speak } from "../src/i18n/index.svelte";
import { FakeBackend, fakeOptions } from "../src/ipc/fake";
import { applyTextSize } from "../src/state/textsize";
import { lengthen } from "./pseudo";

/** A Thursday afternoon; the browsers run in UTC. */
const NOW = Date.UTC(2026, 2, 12, 14, 32);

const query = new URLSearchParams(location.search);

class StandingClock extends Date {
  constructor(...args: [] | [number | string | Date]) {
    super(...(args.length === 0 ? [NOW] : args) as [number]);
  }
  static override now(): number {
    return NOW;
  }
}
// Lists that scroll for a measurement need a real clock.
if (!query.has("running")) globalThis.Date = StandingClock as DateConstructor;
if (query.has("pseudo")) lengthen(en);
applyTextSize(Number(query.get("size") ?? 100));

const options = { ...fakeOptions(location.search), now: NOW, delay: Number(query.get("slow") ?? 0) };
speak(options.lang);
const target = document.getElementById("app");
if (target) mount(App, { target, props: { backend: new FakeBackend(options) } });
