// Invented servers: one live, one whose token has expired, one polled without checking its certificate.
import type { CertificateView, FoundServer, Lang, ProbeView, ServerForm, ServerState, ServerView } from "../bindings";
import { problem, say, type Said, type Trouble } from "./say";

export interface FakeServer {
  form: ServerForm;
  state: ServerState;
  trouble: Trouble | null;
  version: string;
  account: string;
  /** Age of the data in ms; null: never heard. */
  age: number | null;
  /** Ms until the next try. */
  next: number | null;
}

export const emptyForm: ServerForm = {
  name: "", url: "", auth: "token", username: "", secret: null, watch: true, poll_interval_s: 30, projects: [], selector: "",
  ca_file: "", certificate_sha256: "", insecure_skip_verify: false, proxy: "",
};

const expired: Trouble = {
  code: "token_expired",
  what: ["The token ran out at 10:12. Until there is a new one, 7 applications stay as they were and no rule fires for them.", "令牌已于 10:12 过期。更换之前，7 个应用保持当时的状态，相关规则不会触发。"],
  todo: ["Make a new one with argocd account generate-token and paste it here.", "用 argocd account generate-token 生成新令牌，粘贴到这里。"],
};

export const initialServers = (): FakeServer[] => [
  { form: { ...emptyForm, name: "prod-cn", url: "https://argocd.prod.example.cn" }, state: "live", trouble: null, version: "v2.14.5", account: "dinghy", age: 2_000, next: null },
  { form: { ...emptyForm, name: "prod-eu", url: "https://argocd.eu.example.com" }, state: "unauthorized", trouble: expired, version: "v2.13.2", account: "dinghy", age: 4.3 * 3_600_000, next: null },
  {
    form: { ...emptyForm, name: "staging", url: "https://argocd.stg.corp.internal/argo", auth: "password", username: "admin", watch: false, insecure_skip_verify: true, projects: ["risk", "media", "storefront"], selector: "env!=dev" },
    state: "polling", trouble: null, version: "v3.0.6", account: "admin", age: 21_000, next: 9_000,
  },
];

/** Contexts of the invented `argocd` command line. */
export const initialFound = (now: number): FoundServer[] => [
  { name: "prod-cn", url: "https://argocd.prod.example.cn", token: true, expires_ms: null, insecure: false, known: true },
  { name: "argocd.lab.example.com", url: "https://argocd.lab.example.com", token: true, expires_ms: now + 20 * 3_600_000, insecure: true, known: false },
];

export const fakePrint = Array.from({ length: 32 }, (_, i) => ((i * 37 + 124) % 256).toString(16).padStart(2, "0").toUpperCase()).join(":");

/** What a server shows that signed its certificate itself. */
export const ownCertificate = (lang: Lang, trusted: string | null = null): CertificateView => ({
  sha256: fakePrint, subject: "O=Argo CD, CN=argocd-server", issuer: "O=Argo CD, CN=argocd-server", self_signed: true,
  names: ["localhost", "argocd-server", "argocd-server.argocd"], not_before_ms: Date.UTC(2026, 2, 2), not_after_ms: Date.UTC(2036, 2, 2),
  wrong: [say(lang, ["It is signed by itself, so nobody vouches for it.", "证书由自己签名，没有机构为它担保。"])], trusted, can_trust: true,
});

/** Whether the invented server at this address is refused for its certificate. */
export const isRefused = (form: ServerForm): boolean =>
  form.url.includes("self") && !form.insecure_skip_verify && form.ca_file === "" && form.certificate_sha256 !== fakePrint;

const words: Record<ServerState, Said> = {
  connecting: ["Connecting", "连接中"], live: ["Live", "实时"], polling: ["Polling", "轮询"], unauthorized: ["Sign-in needed", "需要登录"],
  forbidden: ["Forbidden", "没有权限"], unreachable: ["Unreachable", "无法连接"], tls_problem: ["Certificate not trusted", "证书未受信任"], not_argo_cd: ["Not an Argo CD", "不是 Argo CD"],
};

const expiredWord: Said = ["Token expired", "令牌已过期"];

/** When a server's token runs out: one soon, one has. */
export const tokenEnds = (name: string, now: number): number | null => ({ "prod-cn": now + 3 * 86_400_000, "prod-eu": now - 260 * 60_000 })[name] ?? null;

export function serverView(lang: Lang, server: FakeServer, now: number, apps: number, attention: number): ServerView {
  const word = server.trouble?.code === "token_expired" ? expiredWord : words[server.state];
  return {
    name: server.form.name, url: server.form.url, state: server.state, state_word: say(lang, word),
    problem: server.trouble && problem(lang, server.trouble), version: server.version, account: server.account,
    fresh_ms: server.age === null ? null : now - server.age, next_try_ms: server.next === null ? null : now + server.next,
    token_ends_ms: server.state === "live" ? tokenEnds(server.form.name, now) : null,
    apps, attention, insecure: server.form.insecure_skip_verify, certificate: server.state === "tls_problem" ? ownCertificate(lang, server.form.certificate_sha256 || null) : null, form: { ...server.form, secret: null },
  };
}

const titles: Record<string, Said> = {
  reach: ["Reach the server", "连接服务器"], tls: ["Check the certificate", "校验证书"], argocd: ["Find Argo CD", "识别 Argo CD"],
  sign_in: ["Sign in", "登录"], list: ["List applications", "列出应用"],
};

const badHost: Trouble = { code: "dns", what: ["No computer is called that.", "找不到这个主机名。"], todo: ["Check the address; is the VPN on?", "请检查地址；VPN 连上了吗？"] };
export const selfSigned: Trouble = { code: "tls_untrusted", what: ["The certificate is signed by an authority that this computer does not know.", "证书的签发机构不受本机信任。"], todo: ["Compare its fingerprint and trust it, or name its CA file.", "核对指纹后信任它，或填写该机构的 CA 文件。"] };
const badToken: Trouble = { code: "token_revoked", what: ["Argo CD does not accept this token.", "Argo CD 不接受此令牌。"], todo: ["Make a new one with argocd account generate-token.", "请用 argocd account generate-token 重新生成。"] };

/** Invented answers: a host with `nowhere` is not found, one with `self` is not trusted, a secret `bad` is refused. */
export function probe(lang: Lang, form: ServerForm): ProbeView {
  const url = form.url.includes("://") ? form.url : `https://${form.url}`;
  const fails: Record<string, Trouble | null> = {
    reach: url.includes("nowhere") ? badHost : null,
    tls: isRefused(form) ? selfSigned : null,
    argocd: null,
    sign_in: form.secret === "bad" ? badToken : null,
    list: null,
  };
  const found: Record<string, Said> = {
    reach: ["23 ms", "23 ms"], tls: ["valid until 2027-03-02", "有效期至 2027-03-02"], argocd: ["v3.0.6", "v3.0.6"],
    sign_in: [form.username || "dinghy", form.username || "dinghy"], list: ["31 applications", "31 个应用"],
  };
  const steps: ProbeView["steps"] = [];
  for (const [step, trouble] of Object.entries(fails)) {
    const title = titles[step];
    const what = found[step];
    if (!title || !what) continue;
    steps.push({ step, title: say(lang, title), found: trouble ? "" : say(lang, what), problem: trouble && problem(lang, trouble), certificate: trouble === selfSigned ? ownCertificate(lang, form.certificate_sha256 || null) : null, field: trouble === null || trouble === selfSigned ? null : trouble === badToken ? "secret" : "url" });
    if (trouble) break;
  }
  return { run: 0, done: true, ok: steps.every((step) => step.problem === null), trying: "", steps, url };
}

/** The test after so many steps. */
export function stepsOf(lang: Lang, whole: ProbeView, count: number): ProbeView {
  if (count >= whole.steps.length) return whole;
  const next = titles[Object.keys(titles)[count] ?? ""];
  return { ...whole, done: false, ok: false, trying: next ? say(lang, next) : "", steps: whole.steps.slice(0, count) };
}
