// The pages of the window. What it mostly opens with is here at once; the others come when they are first gone to.
import type { Component } from "svelte";
import Apps from "../pages/apps/Apps.svelte";
import Overview from "../pages/overview/Overview.svelte";
import type { Page } from "../view/address";

export const here: Partial<Record<Page, Component>> = { overview: Overview, apps: Apps };

export const later: Partial<Record<Page, () => Promise<{ default: Component }>>> = {
  start: () => import("../pages/start/FirstRun.svelte"), events: () => import("../pages/events/Events.svelte"), groups: () => import("../pages/groups/Groups.svelte"),
  servers: () => import("../pages/servers/Servers.svelte"), rules: () => import("../pages/rules/Rules.svelte"), settings: () => import("../pages/settings/Settings.svelte"),
};
