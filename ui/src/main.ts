// Starts the window: connects to the backend, then draws. Styles come first so that nothing flashes unstyled.
import "./styles";
import { mount } from "svelte";
import App from "./App.svelte";
import { lang, speak } from "./i18n/index.svelte";
import { connect } from "./ipc";
import { applyTextSize } from "./state/textsize";

applyTextSize();
// The styles name the faces of each system.
document.documentElement.toggleAttribute("data-linux", navigator.platform.startsWith("Linux"));
speak(lang());
const target = document.getElementById("app");
if (target) mount(App, { target, props: { backend: await connect() } });
