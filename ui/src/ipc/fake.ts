// A backend in memory with invented data: the whole window runs on it in a plain browser, and so do its tests. It keeps
// what is added, changed or removed until the page is loaded again. In the browser's address, `?lang=zh`, `?empty`,
// `?apps=5000`, `?demo`, `?notray` and `?slow=800` choose what it plays.
import type { Backend, Unlisten } from "./backend";
import type {
  AppDetails, AppFilter, AppId, AppRow, AppRules, AppsView, Counts, DesktopView, EventDetails, EventFilter, EventRow, ExplainView, Exported,
  ExportFormat, ExportView, FieldsView, FoundServer, GroupForm, GroupNow, GroupUse, GroupView, Health, ImportView, Lang, ManifestCheck, MatchView,
  Mute, MuteFor, OverviewView, PastView, Pause, PauseFor, Period, Preference, ProbeView, QueueRow, ReadyRule, RulesView, ServerForm, SettingsView, StatusView,
  SubscriptionCheck, SubscriptionForm, SubscriptionState, TemplateCheck, TemplateDraft, TemplateForm, TestView, TriggerCheck, TriggerDraft,
  TriggerForm, TriggerSaved, TryOn, WebhookReading,
} from "./bindings";
import { filterApps, initialApps } from "./fake-data/apps";
import { initialEvents, initialQueue, isOpen, trailOf } from "./fake-data/events";
import { checkPeople, emptyGroup, type FakeGroup, groupForm, groupNow, groupView, initialGroups, readWebhook, tryGroup } from "./fake-data/groups";
import { details, overview } from "./fake-data/overview";
import { apiError } from "./fake-data/say";
import { emptyForm, type FakeServer, initialFound, initialServers, isRefused, probe, selfSigned, serverView, stepsOf, tokenEnds } from "./fake-data/servers";
import { FakeRules } from "./fake-rules";

export interface FakeOptions {
  lang: Lang;
  now: number;
  /** No servers, groups or rules: what a first start shows. */
  empty: boolean;
  /** So many applications more. */
  apps: number;
  demo: boolean;
  tray: boolean;
  /** Ms before an answer. */
  delay: number;
}

const defaults = (): FakeOptions => ({ lang: "en", now: Date.now(), empty: false, apps: 0, demo: false, tray: true, delay: 0 });

export function fakeOptions(search: string): FakeOptions {
  const query = new URLSearchParams(search);
  const lang = query.get("lang")?.startsWith("zh") ? "zh-CN" : "en";
  return {
    ...defaults(), lang, empty: query.has("empty"), apps: Number(query.get("apps") ?? 0), demo: query.has("demo"), tray: !query.has("notray"),
    delay: Number(query.get("slow") ?? 120),
  };
}

const sameId = (a: AppId | null, b: AppId | null): boolean =>
  a !== null && b !== null && a.server === b.server && a.namespace === b.namespace && a.name === b.name;

export class FakeBackend implements Backend {
  /** What was opened, for tests. */
  readonly opened: string[] = [];
  /** What was compared anew, for tests. */
  readonly refreshed: string[] = [];
  lang: Lang;
  #o: FakeOptions;
  #generation = 1;
  #servers: FakeServer[];
  #apps: AppRow[];
  #groups: FakeGroup[];
  #events: EventRow[];
  #queue: QueueRow[];
  readonly rulesKept: FakeRules;
  /** Outlives a window, as the tray does. */
  readonly unsaved = new Map<string, string>();
  #probe: ProbeView | null = null;
  #autostart = false;
  #likes: Pick<SettingsView, "show" | "quiet" | "proxy" | "log" | "keep_days"> = { show: "all", quiet: null, proxy: "system", log: "info", keep_days: 90 };
  #desktopSwitch = true;
  #desktop = false;
  #paused: Pause | null = null;
  #status = new Set<(status: StatusView) => void>();
  #navigate = new Set<(path: string) => void>();

  constructor(options: Partial<FakeOptions> = {}) {
    this.#o = { ...defaults(), ...options };
    this.lang = this.#o.lang;
    const { empty, now } = this.#o;
    this.rulesKept = new FakeRules(empty);
    this.#servers = empty ? [] : initialServers();
    this.#groups = empty ? [] : initialGroups();
    this.#apps = empty ? [] : initialApps(now, this.#o.apps);
    this.#events = empty ? [] : initialEvents(this.lang, now);
    this.#queue = empty ? [] : initialQueue(this.lang, now);
  }

  status(): Promise<StatusView> {
    return this.#answer(() => this.#view());
  }
  apps(filter: AppFilter): Promise<AppsView> {
    return this.#answer(() => ({
      rows: filterApps(this.#apps, filter), total: this.#apps.length, projects: [...new Set(this.#apps.map((row) => row.project))].sort(),
    }));
  }
  overview(period: Period, _zoneMinutes: number): Promise<OverviewView> {
    return this.#answer(() => overview(this.#apps, this.#view().servers, period, this.#o.now, this.#events.length === 0));
  }
  appDetails(id: AppId): Promise<AppDetails> {
    return this.#answer(() => details(this.#row(id), this.#o.now));
  }
  appRules(id: AppId): Promise<AppRules> {
    return this.#answer(() => this.rulesKept.standings(this.#known(), this.#row(id)));
  }
  explain(trigger: string, id: AppId): Promise<ExplainView> {
    return this.#answer(() => this.rulesKept.explain(this.#known(), trigger, [], this.#row(id)));
  }
  openApp(id: AppId): Promise<void> {
    return this.#answer(() => void this.opened.push(`${id.server}/${id.namespace}/${id.name}`));
  }
  openServer(name: string): Promise<void> {
    return this.#answer(() => void this.opened.push(name));
  }
  openDemoPage(): Promise<void> {
    return this.#answer(() => void this.opened.push("demo"));
  }
  showDemo(): Promise<void> {
    return this.#answer(() => void this.opened.push("the demo"));
  }
  leaveDemo(): Promise<void> {
    return this.#answer(() => void this.opened.push("own"));
  }

  refresh(): Promise<void> {
    return this.#change(() => undefined);
  }
  refreshApp(id: AppId): Promise<void> {
    return this.#change(() => void this.refreshed.push(`${id.server}/${id.namespace}/${id.name}`));
  }
  pause(how: PauseFor): Promise<void> {
    const ms = { hour: 3_600_000, tomorrow: 16 * 3_600_000, forever: 0 }[how];
    return this.#change(() => void (this.#paused = { until_ms: ms === 0 ? null : this.#o.now + ms }));
  }
  resume(): Promise<void> {
    return this.#change(() => void (this.#paused = null));
  }
  async mute(id: AppId, how: MuteFor): Promise<Mute> {
    const hours = { hour: 1, four_hours: 4, tomorrow: 16, forever: null }[how];
    const mute = { until_ms: hours === null ? null : this.#o.now + hours * 3_600_000 };
    await this.setMute(id, mute);
    return mute;
  }
  setMute(id: AppId, mute: Mute | null): Promise<void> {
    return this.#change(() => void (this.#apps = this.#apps.map((row) => (sameId(row.id, id) ? { ...row, muted: mute } : row))));
  }

  serverTest(form: ServerForm): Promise<ProbeView> {
    return this.#answer(() => {
      this.#probe = { ...probe(this.lang, form), run: (this.#probe?.run ?? 0) + 1 };
      return stepsOf(this.lang, this.#probe, 0);
    });
  }
  serverTestMore(run: number, seen: number, _trying: string): Promise<ProbeView> {
    return this.#answer(() => {
      if (this.#probe?.run !== run) throw apiError(this.lang, "stopped", ["The test was stopped.", "测试已取消。"]);
      return stepsOf(this.lang, this.#probe, seen + 1);
    });
  }
  serverTestStop(run: number): Promise<void> {
    return this.#answer(() => {
      if (this.#probe?.run === run) this.#probe = { ...this.#probe, run: run + 1 };
    });
  }
  serverAdd(form: ServerForm): Promise<void> {
    return this.#change(() => {
      if (this.#servers.some((server) => server.form.name === form.name)) throw this.#nameTaken();
      this.#servers.push({ form: { ...form }, state: isRefused(form) ? "tls_problem" : "connecting", trouble: isRefused(form) ? selfSigned : null, version: "", account: "", age: null, next: null });
    });
  }
  serverUpdate(name: string, form: ServerForm): Promise<void> {
    return this.#change(() => {
      if (name !== form.name && this.#servers.some((server) => server.form.name === form.name)) throw this.#nameTaken();
      this.#server(name).form = { ...form };
    });
  }
  serverTrust(name: string, sha256: string): Promise<void> {
    return this.#change(() => {
      const server = this.#server(name);
      server.form = { ...server.form, certificate_sha256: sha256, insecure_skip_verify: false };
      Object.assign(server, isRefused(server.form) ? { state: "tls_problem", trouble: selfSigned } : { state: "live", trouble: null, age: 0 });
    });
  }
  serverRemove(name: string): Promise<void> {
    return this.#change(() => {
      this.#servers = this.#servers.filter((server) => server.form.name !== name);
      this.#apps = this.#apps.filter((row) => row.id.server !== name);
    });
  }
  serverTokenExpiry(name: string): Promise<number | null> {
    return this.#answer(() => tokenEnds(name, this.#o.now));
  }
  serversFound(): Promise<FoundServer[]> {
    return this.#answer(() => initialFound(this.#o.now).map((one) => ({ ...one, known: this.#servers.some((server) => server.form.name === one.name) })));
  }
  serversImport(names: string[]): Promise<number> {
    const found = initialFound(this.#o.now).filter((one) => names.includes(one.name));
    return this.#change(() => {
      for (const one of found) this.#servers.push({ form: { ...emptyForm, name: one.name, url: one.url, insecure_skip_verify: one.insecure }, state: "live", trouble: null, version: "v3.0.6", account: "me", age: 0, next: null });
    }).then(() => found.length);
  }
  serverSignIn(name: string, secret: string, _username: string | null): Promise<void> {
    return this.#change(() => {
      if (secret === "bad") throw apiError(this.lang, "token_revoked", ["Argo CD does not accept this token.", "Argo CD 不接受此令牌。"], ["Make a new one.", "请重新生成。"], "secret");
      Object.assign(this.#server(name), { state: "live", trouble: null, age: 0 });
      this.#apps = this.#apps.map((row) => (row.id.server === name ? { ...row, stale: false } : row));
    });
  }

  webhookRead(url: string): Promise<WebhookReading> {
    return this.#answer(() => readWebhook(this.lang, url));
  }
  groupAdd(form: GroupForm): Promise<void> {
    return this.#change(() => {
      if (this.#groups.some((group) => group.view.name === form.name)) throw this.#nameTaken();
      if (!/^[A-Za-z0-9-]+$/.test(form.name)) throw apiError(this.lang, "bad_name", ["A name has letters, digits and - only.", "名称只能包含字母、数字和 -。"], ["", ""], "name");
      const reading = readWebhook(this.lang, form.webhook ?? "");
      if (reading.problem) throw apiError(this.lang, "bad_url", [reading.problem.what, reading.problem.what], [reading.problem.todo, reading.problem.todo], "webhook");
      const { robot, host } = reading;
      checkPeople(this.lang, form);
      this.#groups.push({ form, view: { name: form.name, robot, state: "ready", waiting: 0, host, keywords: form.keywords, signed: !!form.sign_secret, triggers: [], on: true }, trouble: null, until: null });
    });
  }
  groupUpdate(name: string, form: GroupForm): Promise<void> {
    return this.#change(() => {
      const group = this.#group(name);
      checkPeople(this.lang, form);
      group.form = form;
      group.view = { ...group.view, name: form.name, keywords: form.keywords, signed: form.sign_secret === null ? group.view.signed : form.sign_secret !== "", state: "ready" };
      group.trouble = null;
    });
  }
  groupRemove(name: string): Promise<void> {
    return this.#change(() => void (this.#groups = this.#groups.filter((group) => group.view.name !== name)));
  }
  setSwitch(service: string, on: boolean): Promise<void> {
    return this.#change(() => {
      if (service === "desktop") this.#desktopSwitch = on;
      else this.#group(service).view.on = on;
    });
  }
  groupTest(name: string, _mention: string | null): Promise<TestView> {
    return this.#answer(() => tryGroup(this.lang, { ...emptyGroup, name, webhook: name !== "desktop" && this.#group(name).trouble ? "nokey" : null }));
  }
  groupTry(form: GroupForm, _mention: string | null): Promise<TestView> {
    return this.#answer(() => tryGroup(this.lang, form));
  }
  groupForm(name: string): Promise<GroupForm> {
    return this.#answer(() => groupForm(this.#group(name)));
  }
  groupsNow(): Promise<GroupNow[]> {
    const refused = (name: string) => this.#queue.filter((row) => row.service === name && row.state === "refused").length;
    return this.#answer(() => this.#groups.map((group) => groupNow(group, refused(group.view.name), this.#o.now)));
  }
  groupUses(name: string): Promise<GroupUse[]> {
    return this.#answer(() => this.rulesKept.view(this.lang).subscriptions.flatMap(({ form, triggers }, index) => (form.recipients.includes(name) ? [{ index, form, triggers }] : [])));
  }
  groupRetry(name: string): Promise<void> {
    return this.#change(() => void (this.#queue = this.#queue.map((one) => (one.service === name ? { ...one, state: "waiting", problem: null } : one))));
  }
  groupDrop(name: string): Promise<void> {
    return this.#change(() => void (this.#queue = this.#queue.filter((one) => one.service !== name || one.state !== "refused")));
  }
  desktopView(): Promise<DesktopView> {
    return this.#answer(() => ({ name: "desktop", on: this.#desktop, triggers: [] }));
  }
  desktopSet(on: boolean): Promise<void> {
    return this.#change(() => void (this.#desktop = on));
  }

  rules(): Promise<RulesView> {
    return this.#answer(() => this.rulesKept.view(this.lang));
  }
  rulesImportPreview(text: string): Promise<ImportView> {
    return this.#answer(() => this.rulesKept.importPreview(this.lang, text));
  }
  rulesImport(text: string): Promise<void> {
    return this.#change(() => this.rulesKept.import(this.lang, text));
  }
  rulesUndo(): Promise<void> {
    return this.#change(() => this.rulesKept.undo());
  }
  rulesReady(): Promise<ReadyRule[]> {
    return this.#answer(() => this.rulesKept.ready(this.lang));
  }
  rulesReadyAdd(triggers: string[], services: string[]): Promise<void> {
    return this.#change(() => {
      this.rulesKept.readyAdd(triggers, services);
      for (const group of this.#groups) if (services.includes(group.view.name)) group.view.triggers = [...triggers];
    });
  }
  rulesFields(): Promise<FieldsView> {
    return this.#answer(() => this.rulesKept.fields(this.#apps));
  }
  async unsavedKeep(key: string, form: string | null): Promise<void> {
    if (form === null) this.unsaved.delete(key);
    else this.unsaved.set(key, form);
  }
  async unsavedKept(key: string): Promise<string | null> {
    return this.unsaved.get(key) ?? null;
  }
  ruleRemove(key: string, base: string): Promise<void> {
    return this.#change(() => this.rulesKept.remove(this.lang, key, base));
  }
  templateDraft(name: string): Promise<TemplateDraft> {
    return this.#answer(() => this.rulesKept.templateDraft(this.lang, name));
  }
  templateStart(trigger: TriggerForm): Promise<TemplateForm> {
    return this.#answer(() => this.rulesKept.templateStart(trigger));
  }
  templateCheck(form: TemplateForm, on: TryOn): Promise<TemplateCheck> {
    return this.#answer(() => this.rulesKept.templateCheck(form, on, this.#apps));
  }
  templateSave(form: TemplateForm, base: string): Promise<void> {
    return this.#change(() => this.rulesKept.templateSave(this.lang, form, base));
  }
  templateTest(_form: TemplateForm, _on: TryOn): Promise<TestView> {
    return this.#answer(() => this.rulesKept.templateTest());
  }
  triggerDraft(name: string): Promise<TriggerDraft> {
    return this.#answer(() => this.rulesKept.triggerDraft(this.lang, name));
  }
  triggerCheck(form: TriggerForm, services: string[], on: TryOn): Promise<TriggerCheck> {
    return this.#answer(() => this.rulesKept.triggerCheck(this.lang, form, services, on, this.#apps));
  }
  triggerMatches(form: TriggerForm): Promise<MatchView> {
    return this.#answer(() => this.rulesKept.triggerMatches(form, this.#apps));
  }
  triggerExplain(form: TriggerForm, services: string[], on: TryOn): Promise<ExplainView> {
    return this.#answer(() => this.rulesKept.explain(this.#known(), form, services, on.app ? this.#row(on.app) : undefined));
  }
  triggerPast(form: TriggerForm, services: string[], _zoneMinutes: number): Promise<PastView> {
    return this.#answer(() => this.rulesKept.past(form, services, this.#apps, this.#o.now));
  }
  triggerSave(form: TriggerForm, base: string, services: string[]): Promise<TriggerSaved> {
    return this.#change(() => this.rulesKept.triggerSave(this.lang, form, base, services));
  }
  triggerRename(name: string, to: string, base: string): Promise<void> {
    return this.#change(() => this.rulesKept.triggerRename(this.lang, name, to, base));
  }
  subscriptionCheck(form: SubscriptionForm, index: number | null): Promise<SubscriptionCheck> {
    return this.#answer(() => this.rulesKept.subscriptionCheck(this.lang, form, index, this.#apps));
  }
  subscriptionStates(): Promise<SubscriptionState[]> {
    return this.#answer(() => this.rulesKept.subscriptionStates(this.lang, this.#apps));
  }
  rulesExport(): Promise<ExportView> {
    return this.#answer(() => this.rulesKept.export(this.lang));
  }
  rulesExportSave(): Promise<Exported> {
    return this.#answer(() => ({ path: `~/Downloads/argocd-notifications-${this.#o.now}.yaml`, rows: 40 }));
  }
  subscriptionSave(index: number | null, form: SubscriptionForm | null, base: string): Promise<void> {
    return this.#change(() => this.rulesKept.subscriptionSave(this.lang, index, form, base));
  }
  manifestCheck(text: string): Promise<ManifestCheck> {
    return this.#answer(() => this.rulesKept.manifestCheck(text));
  }
  manifestSave(text: string, base: string): Promise<void> {
    return this.#change(() => this.rulesKept.manifestSave(this.lang, text, base));
  }
  /** As if another program had changed the rules file. */
  onDisk(change: Parameters<FakeRules["changeOnDisk"]>[0]): Promise<void> {
    return this.#change(() => this.rulesKept.changeOnDisk(change));
  }

  events(filter: EventFilter): Promise<EventRow[]> {
    return this.#answer(() => this.#found(filter).filter((row) => isOpen(row, this.#queue)).slice(0, filter.limit || 100));
  }
  eventDetails(id: number): Promise<EventDetails> {
    return this.#answer(() => {
      const row = this.#events.find((one) => one.id === id);
      if (!row) throw apiError(this.lang, "form", ["This event is no longer in the log.", "日志中已没有这条事件。"]);
      const queued = this.#queue.find((one) => one.service === row.service && one.trigger === row.trigger && sameId(one.app, row.app)) ?? null;
      const app = row.app ? this.#row(row.app) : undefined;
      const message = app ? this.rulesKept.messageOf(row.trigger, row.service, app) : null;
      return {
        event: row, trail: trailOf(this.#events, row), queued, message: queued ? message : null, now: queued ? null : message,
        has_trigger: this.rulesKept.has(row.trigger), has_group: this.#groups.some((group) => group.view.name === row.service),
      };
    });
  }
  eventsExport(filter: EventFilter, format: ExportFormat): Promise<Exported> {
    return this.#answer(() => ({ path: `~/Downloads/dinghy-events-${this.#o.now}.${format}`, rows: this.#found({ ...filter, before: null }).length }));
  }
  queue(): Promise<QueueRow[]> {
    return this.#answer(() => [...this.#queue]);
  }
  queueRetry(row: number | null): Promise<void> {
    return this.#change(() => void (this.#queue = this.#queue.map((one) => (row === null || one.row === row ? { ...one, state: "waiting", problem: null } : one))));
  }
  queueDrop(row: number): Promise<void> {
    return this.#change(() => void (this.#queue = this.#queue.filter((one) => one.row !== row)));
  }

  settings(): Promise<SettingsView> {
    return this.#answer(() => ({ ...this.#likes, autostart: this.#autostart, config: "~/.config/dinghy", data: "~/.local/share/dinghy", log_fixed: false, events: this.#events.length }));
  }
  setPreference({ key, value }: Preference): Promise<void> {
    return this.#change(() => {
      const wrong = (field: string | null) => apiError(this.lang, "setting", ["This is not a value for it.", "这不是可用的值。"], ["", ""], field ?? undefined);
      if (key === "quiet" && value !== null && !/^\d?\d:\d\d$/.test(value.from)) throw wrong("from");
      if (key === "proxy" && !/^(system|none|(https?|socks5h?):\/\/.+)$/.test(value)) throw wrong(null);
      if (key === "keep_days" && value < 1) throw wrong(null);
      const fewer = key === "keep_days" && value < this.#likes.keep_days;
      this.#likes = { ...this.#likes, [key]: value };
      if (fewer) this.#dropOld();
    });
  }
  eventsDeleteOld(): Promise<number> {
    const before = this.#events.length;
    return this.#change(() => this.#dropOld()).then(() => before - this.#events.length);
  }
  #dropOld(): void {
    const oldest = this.#o.now - this.#likes.keep_days * 86_400_000;
    this.#events = this.#events.filter((row) => row.at_ms >= oldest);
  }
  setAutostart(on: boolean): Promise<void> {
    return this.#answer(() => void (this.#autostart = on));
  }
  openFolder(data: boolean): Promise<void> {
    return this.#answer(() => void this.opened.push(data ? "data" : "config"));
  }
  diagnostics(): Promise<Exported> {
    return this.#answer(() => ({ path: `~/Downloads/dinghy-diagnostics-${this.#o.now}.txt`, rows: 120 }));
  }
  setLanguage(lang: Lang): Promise<void> {
    return this.#change(() => {
      this.lang = lang;
      if (!this.#o.empty) {
        this.#events = initialEvents(lang, this.#o.now);
        this.#queue = initialQueue(lang, this.#o.now).filter((row) => this.#queue.some((one) => one.row === row.row));
      }
    });
  }

  async onStatus(listener: (status: StatusView) => void): Promise<Unlisten> {
    this.#status.add(listener);
    return () => this.#status.delete(listener);
  }
  async onNavigate(listener: (path: string) => void): Promise<Unlisten> {
    this.#navigate.add(listener);
    return () => this.#navigate.delete(listener);
  }
  /** As if something had happened to an application: these events are logged. */
  happen(...lines: Pick<EventRow, "app" | "trigger" | "service" | "kind" | "text" | "tone">[]): Promise<void> {
    return this.#change(() => {
      for (const line of lines) this.#events = [{ ...line, id: (this.#events[0]?.id ?? 0) + 1, at_ms: Date.now(), detail: "" }, ...this.#events];
    });
  }
  /** As if an application had broken, or was well again. */
  turn(name: string, health: Health): Promise<void> {
    return this.#change(() => void (this.#apps = this.#apps.map((row) => (row.id.name === name ? { ...row, health, severity: health === "Healthy" ? "well" : "attention" } : row))));
  }
  /** As if the tray asked for a page. */
  navigate(path: string): void {
    for (const listener of this.#navigate) listener(path);
  }

  #found(filter: EventFilter): EventRow[] {
    const text = filter.text.toLowerCase();
    return this.#events.filter((row) => (filter.before === null || row.id < filter.before) && (filter.app === null || sameId(filter.app, row.app))
      && (filter.tone === null || row.tone === filter.tone) && (filter.trigger === null || row.trigger === filter.trigger)
      && (filter.service === null || row.service === filter.service) && (filter.since_ms === null || row.at_ms >= filter.since_ms)
      && (text === "" || [row.app?.name ?? "", row.trigger, row.service].some((s) => s.toLowerCase().includes(text))));
  }
  #row(id: AppId): AppRow | undefined {
    return this.#apps.find((row) => sameId(row.id, id));
  }
  /** What explanations look at. */
  #known() {
    return { lang: this.lang, events: this.#events, queue: this.#queue, paused: this.#paused !== null };
  }
  #nameTaken() {
    return apiError(this.lang, "name_taken", ["There is one of this name already.", "已有同名项。"], ["Choose another name.", "请换一个名称。"], "name");
  }
  #server(name: string): FakeServer {
    const found = this.#servers.find((server) => server.form.name === name);
    if (!found) throw apiError(this.lang, "no_such_server", [`There is no server ${name}.`, `没有名为 ${name} 的服务器。`]);
    return found;
  }
  #group(name: string): FakeGroup {
    const found = this.#groups.find((group) => group.view.name === name);
    if (!found) throw apiError(this.lang, "no_such_group", [`There is no group ${name}.`, `没有名为 ${name} 的群。`]);
    return found;
  }

  async #answer<T>(work: () => T): Promise<T> {
    if (this.#o.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#o.delay));
    return work();
  }
  async #change<T>(work: () => T): Promise<T> {
    const answer = await this.#answer(work);
    this.#generation++;
    const status = this.#view();
    for (const listener of this.#status) listener(status);
    return answer;
  }

  #view(): StatusView {
    const { now } = this.#o;
    const worst = (rows: AppRow[]) => rows.filter((row) => row.severity === "attention" && row.muted === null).length;
    const servers = this.#servers.map((server) => {
      const rows = this.#apps.filter((row) => row.id.server === server.form.name);
      return serverView(this.lang, server, now, rows.length, worst(rows));
    });
    const groups: GroupView[] = this.#groups.map((group) => groupView(this.lang, group, now));
    const of = (severity: AppRow["severity"]) => this.#apps.filter((row) => row.severity === severity && row.muted === null).length;
    const counts: Counts = {
      total: this.#apps.length, attention: of("attention"), progressing: of("progressing"), notice: of("notice"), well: of("well"),
      muted: this.#apps.filter((row) => row.muted !== null).length, stale: this.#apps.filter((row) => row.stale).length,
    };
    return {
      generation: this.#generation, servers, groups, desktops: this.#desktop ? [{ name: "desktop", on: this.#desktopSwitch }] : [], problems: this.rulesKept.view(this.lang).problems, paused: this.#paused,
      waiting: this.#queue.filter((row) => row.state === "waiting").length, refused: this.#queue.filter((row) => row.state === "refused").length,
      counts, demo: this.#o.demo, demo_page: this.#o.demo ? "http://127.0.0.1:0/demo" : null, tray: this.#o.tray, version: "0.1.0", lang: this.lang,
    };
  }
}
