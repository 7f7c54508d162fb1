// What the window may ask of Dinghy: one method for each command, in the same words. Every method may reject with an
// `ApiError`. The window decides nothing itself; it shows what comes back.
import type {
  AppDetails, AppFilter, AppId, AppRules, AppsView, DesktopView, EventDetails, EventFilter, EventRow, ExplainView, Exported, ExportFormat,
  FoundServer, GroupForm, GroupNow, GroupUse, Lang, Mute, MuteFor, OverviewView, PauseFor, Period, Preference, ProbeView, QueueRow, RowId, ServerForm, SettingsView,
  StatusView, TestView, WebhookReading,
} from "./bindings";
import type { RulesBackend } from "./rules";

/** Stops a subscription. */
export type Unlisten = () => void;

export interface Backend extends RulesBackend {
  status(): Promise<StatusView>;
  /** Counts, timeline and what needs attention. `zoneMinutes`: how far local time is ahead of UTC. */
  overview(period: Period, zoneMinutes: number): Promise<OverviewView>;
  apps(filter: AppFilter): Promise<AppsView>;
  /** What is known of one application beyond its row; empty if it is gone. */
  appDetails(id: AppId): Promise<AppDetails>;
  /** What each rule says of an application. */
  appRules(id: AppId): Promise<AppRules>;
  /** Why a trigger would or would not send for an application now, step by step. */
  explain(trigger: string, id: AppId): Promise<ExplainView>;
  /** Opens the application's page in Argo CD, in the browser. */
  openApp(id: AppId): Promise<void>;
  /** Opens the server's own page in the browser. */
  openServer(name: string): Promise<void>;
  /** Opens the page that draws the demo group's messages. */
  openDemoPage(): Promise<void>;
  /** Starts Dinghy anew on the demo; the user's own settings are left alone. */
  showDemo(): Promise<void>;
  /** Starts Dinghy anew on the user's own settings; the demo's are thrown away. */
  leaveDemo(): Promise<void>;

  /** Lists every server again now. */
  refresh(): Promise<void>;
  /** Has an application's server compare it with Git now; one that does not answer is tried again. */
  refreshApp(id: AppId): Promise<void>;
  pause(how: PauseFor): Promise<void>;
  resume(): Promise<void>;
  /** Mutes an application: it counts as nothing and nobody is told of it; answers until when. */
  mute(id: AppId, how: MuteFor): Promise<Mute>;
  /** The same until a certain time; null: not any more. */
  setMute(id: AppId, mute: Mute | null): Promise<void>;

  /** Begins to try a server before it is saved; answers at once. A test that runs is ended. */
  serverTest(form: ServerForm): Promise<ProbeView>;
  /** Waits until the test has more than `seen` steps, tries something else than `trying`, or is over. */
  serverTestMore(run: number, seen: number, trying: string): Promise<ProbeView>;
  serverTestStop(run: number): Promise<void>;
  serverAdd(form: ServerForm): Promise<void>;
  serverUpdate(name: string, form: ServerForm): Promise<void>;
  /** Accepts this one certificate from now on, by the fingerprint that the user compared. */
  serverTrust(name: string, sha256: string): Promise<void>;
  serverRemove(name: string): Promise<void>;
  /** When the stored token runs out, Unix ms; null: never, or not known. */
  serverTokenExpiry(name: string): Promise<number | null>;
  /** Contexts of the `argocd` command line on this computer. */
  serversFound(): Promise<FoundServer[]>;
  /** Takes over the contexts of these names, tokens and all; answers how many. */
  serversImport(names: string[]): Promise<number>;
  /** `username` is null with a token. */
  serverSignIn(name: string, secret: string, username: string | null): Promise<void>;

  /** Understands a pasted webhook, as it is typed. */
  webhookRead(url: string): Promise<WebhookReading>;
  groupAdd(form: GroupForm): Promise<void>;
  groupUpdate(name: string, form: GroupForm): Promise<void>;
  groupRemove(name: string): Promise<void>;
  /** Off: new messages to this destination are not made, queued ones wait. */
  setSwitch(service: string, on: boolean): Promise<void>;
  /** Sends a test message through a saved destination; `mention`: the mobile or user id of whom it is to call. */
  groupTest(name: string, mention: string | null): Promise<TestView>;
  /** Sends a test message before saving. */
  groupTry(form: GroupForm, mention: string | null): Promise<TestView>;
  /** The form of a destination that is there; no secret is in it. */
  groupForm(name: string): Promise<GroupForm>;
  /** How much of each robot's minute is used, and what was refused. */
  groupsNow(): Promise<GroupNow[]>;
  /** The subscriptions that send to it. */
  groupUses(name: string): Promise<GroupUse[]>;
  /** Tries again all that it refused. */
  groupRetry(name: string): Promise<void>;
  /** Forgets all that it refused. */
  groupDrop(name: string): Promise<void>;
  /** The desktop's own notifications. */
  desktopView(): Promise<DesktopView>;
  desktopSet(on: boolean): Promise<void>;

  events(filter: EventFilter): Promise<EventRow[]>;
  /** A line of the log with what led to it, what came of it, and its message. */
  eventDetails(id: number): Promise<EventDetails>;
  /** Writes all that passes the filter into a new file in the downloads folder. */
  eventsExport(filter: EventFilter, format: ExportFormat): Promise<Exported>;
  queue(): Promise<QueueRow[]>;
  /** Tries one row again now, or with null all of them. */
  queueRetry(row: RowId | null): Promise<void>;
  queueDrop(row: RowId): Promise<void>;

  settings(): Promise<SettingsView>;
  /** Changes one setting in settings.toml; in force at once. */
  setPreference(preference: Preference): Promise<void>;
  /** Deletes what the event log has of longer ago than is to be kept; answers how many lines. */
  eventsDeleteOld(): Promise<number>;
  setAutostart(on: boolean): Promise<void>;
  /** Shows the folder of the settings and rules, or with `data` that of database and log. */
  openFolder(data: boolean): Promise<void>;
  /** Writes a text file without secrets into the downloads folder. */
  diagnostics(): Promise<Exported>;
  setLanguage(lang: Lang): Promise<void>;

  /** Called with every new status, at most a few times a second. */
  onStatus(listener: (status: StatusView) => void): Promise<Unlisten>;
  /** Called when the tray asks for a page, with its path (`/servers/prod`). */
  onNavigate(listener: (path: string) => void): Promise<Unlisten>;
}
