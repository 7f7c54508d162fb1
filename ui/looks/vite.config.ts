// Builds the window as it is looked at by the tests: with the invented backend, into a folder of its own.
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { pxToRem } from "../rem.ts";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  css: { postcss: { plugins: [pxToRem] } },
  logLevel: "warn",
  build: { outDir: fileURLToPath(new URL("../dist-looks", import.meta.url)), emptyOutDir: true, target: ["safari16", "chrome111"], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
