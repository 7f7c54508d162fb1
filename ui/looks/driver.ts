// A browser that is driven by WebDriver: Chromium through chromedriver, WebKitGTK's MiniBrowser through WebKitWebDriver
// on a display of its own. What is here is only what the pictures need.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export type Engine = "chromium" | "webkit";
export type Theme = "light" | "dark";

/** The key under which WebDriver hands out elements. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE_MS = 20_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const at = server.address();
      server.close(() => (at !== null && typeof at === "object" ? resolve(at.port) : reject(new Error("no port"))));
    });
  });
}

function program(...names: string[]): string {
  for (const name of names) for (const folder of (process.env.PATH ?? "").split(delimiter)) if (existsSync(join(folder, name))) return join(folder, name);
  throw new Error(`none of ${names.join(", ")} is installed`);
}

function miniBrowser(): string {
  const lib = "/usr/lib";
  for (const folder of [lib, ...readdirSync(lib).map((name) => join(lib, name))]) {
    const found = join(folder, "webkit2gtk-4.1", "MiniBrowser");
    if (existsSync(found)) return found;
  }
  throw new Error("WebKitGTK's MiniBrowser is not installed");
}

export class Browser {
  readonly engine: Engine;
  #base: string;
  #session = "";
  #processes: ChildProcess[] = [];
  #folder = mkdtempSync(join(tmpdir(), "dinghy-looks-"));

  private constructor(engine: Engine, port: number) {
    this.engine = engine;
    this.#base = `http://127.0.0.1:${port}`;
  }

  /** WebKitGTK takes its theme from GTK and keeps it; Chromium's is set by `shape`. */
  static async start(engine: Engine, theme: Theme = "light"): Promise<Browser> {
    const port = await freePort();
    const browser = new Browser(engine, port);
    try {
      await browser.#open(port, theme);
      return browser;
    } catch (error) {
      await browser.stop();
      throw error;
    }
  }

  async #open(port: number, theme: Theme): Promise<void> {
    const folder = this.#folder;
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH, HOME: folder, TMPDIR: folder, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: join(folder, "config"), XDG_CACHE_HOME: join(folder, "cache"), XDG_DATA_HOME: join(folder, "data"),
      TZ: "UTC", LC_ALL: "C.UTF-8", DBUS_SESSION_BUS_ADDRESS: "disabled:", NO_AT_BRIDGE: "1", GSETTINGS_BACKEND: "memory", GIO_USE_VFS: "local",
    };
    if (this.engine === "chromium") {
      this.#run(program("chromedriver"), [`--port=${port}`], env);
      await this.#begin({
        "goog:chromeOptions": {
          binary: program("chromium", "google-chrome", "chromium-browser"),
          args: [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--force-color-profile=srgb", "--font-render-hinting=none", `--user-data-dir=${join(folder, "profile")}`,
          ],
        },
      });
      return;
    }
    const display = await this.#display(env);
    this.#run(program("WebKitWebDriver"), [`--port=${port}`, "--host=127.0.0.1"], { ...env, DISPLAY: display, GTK_THEME: theme === "dark" ? "Adwaita:dark" : "Adwaita", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" });
    await this.#begin({ "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } });
  }

  #run(command: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(command, args, { env, stdio: ["ignore", "ignore", process.env.LOOKS_LOG ? "inherit" : "ignore"], detached: true });
    this.#processes.push(child);
    return child;
  }

  /** Xvfb says its number on a pipe as soon as it is there. */
  #display(env: NodeJS.ProcessEnv): Promise<string> {
    const child = spawn(program("Xvfb"), ["-displayfd", "3", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], { env, stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
    this.#processes.push(child);
    return new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error("Xvfb ended")));
      child.stdio[3]?.once("data", (number: Buffer) => resolve(`:${String(number).trim()}`));
    });
  }

  async #begin(options: object): Promise<void> {
    for (const until = Date.now() + PATIENCE_MS; ; await sleep(50)) {
      const answers = await fetch(`${this.#base}/status`).then(() => true, () => false);
      if (answers) break;
      if (Date.now() > until) throw new Error(`the driver of ${this.engine} does not answer`);
    }
    const answer = (await this.#call("POST", "/session", { capabilities: { alwaysMatch: options } })) as { sessionId: string };
    this.#session = `/session/${answer.sessionId}`;
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#base + path, { method, ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value).slice(0, 600)}`);
    return value;
  }

  /** The size of the page in px; the theme in Chromium. */
  async shape(width: number, height: number, theme: Theme): Promise<void> {
    if (this.engine === "chromium") {
      const cdp = (cmd: string, params: object) => this.#call("POST", `${this.#session}/goog/cdp/execute`, { cmd, params });
      await cdp("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
      await cdp("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
      return;
    }
    // The rectangle is that of the whole window, with the browser's own bars.
    for (let tries = 0; tries < 20; tries++) {
      const [w, h] = (await this.run("return [innerWidth, innerHeight]")) as [number, number];
      if (w === width && h === height) return;
      const outer = (await this.#call("GET", `${this.#session}/window/rect`)) as { width: number; height: number };
      await this.#call("POST", `${this.#session}/window/rect`, { x: 0, y: 0, width: outer.width + width - w, height: outer.height + height - h });
      await sleep(100);
    }
    throw new Error(`the window does not become ${width}×${height}`);
  }

  async go(url: string): Promise<void> {
    await this.#call("POST", `${this.#session}/url`, { url });
  }

  run(script: string, ...args: unknown[]): Promise<unknown> {
    return this.#call("POST", `${this.#session}/execute/sync`, { script, args });
  }

  /** The script's last argument is the function that ends it. */
  wait(script: string, ...args: unknown[]): Promise<unknown> {
    return this.#call("POST", `${this.#session}/execute/async`, { script, args });
  }

  async #find(css: string): Promise<string> {
    const element = (await this.#call("POST", `${this.#session}/element`, { using: "css selector", value: css })) as Record<string, string>;
    return element[ELEMENT] ?? "";
  }

  async click(css: string): Promise<void> {
    await this.#call("POST", `${this.#session}/element/${await this.#find(css)}/click`, {});
  }

  /** Presses keys, one after the other, as a keyboard would. */
  async press(...keys: string[]): Promise<void> {
    const actions = keys.flatMap((key) => [...key].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]));
    await this.#call("POST", `${this.#session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async picture(): Promise<Buffer> {
    return Buffer.from((await this.#call("GET", `${this.#session}/screenshot`)) as string, "base64");
  }

  async stop(): Promise<void> {
    if (this.#session !== "") await this.#call("DELETE", this.#session).catch(() => undefined);
    for (const child of this.#processes.reverse()) {
      const ended = new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(null)));
      // The whole group: a driver that is killed leaves its browser behind.
      if (child.pid !== undefined && child.exitCode === null) {
        try {
          process.kill(-child.pid, "SIGKILL");
        } catch {
          // It ended by itself.
        }
      }
      await Promise.race([ended, sleep(2000)]);
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
