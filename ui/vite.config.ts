// How the window is built, served while developing and tested. The page's content security policy forbids inline code
// and remote content, so nothing is inlined and no polyfill script is injected.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { pxToRem } from "./rem.ts";

export default defineConfig({
  // svelteTesting: tests run components as a browser would (Svelte's client build), and clean up after each.
  plugins: [svelte(), svelteTesting()],
  css: { postcss: { plugins: [pxToRem] } },
  clearScreen: false,
  server: { port: 1420, strictPort: true, host: "127.0.0.1" },
  preview: { port: 1421, strictPort: true, host: "127.0.0.1" },
  build: {
    // The oldest web views that Tauri 2 meets here: WebKitGTK of Debian 12, WKWebView of macOS 12.3, WebView2.
    target: ["safari16", "chrome111"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["test/setup.ts"],
    // A test reads the tokens as text; components need no styles there.
    css: { include: /tokens\.css/ },
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    // A busy machine is not a failure.
    testTimeout: 20_000,
  },
});
