import "./strict-policy.js";
import { systemClock } from "@novywave/base";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { AppContext } from "./components/app-context.js";
import { Root } from "./components/Root.js";
import { takeToken } from "./connection/token.js";
import { webSocket } from "./connection/web-socket.js";
import { followTextSize, readTextSize } from "./text-size.js";
import "./styles/index.css";

const app = new App({
  token: takeToken(window),
  clock: systemClock,
  random: Math.random,
  textSize: readTextSize(window),
  openSocket: webSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`),
});

followTextSize(app, window);

const container = document.getElementById("root");
if (!container) throw new Error("the page has no #root");
createRoot(container).render(
  <AppContext value={app}>
    <Root />
  </AppContext>,
);
app.start();
// The address of a server that was started again, put into the same tab, changes nothing but the fragment.
window.addEventListener("hashchange", () => {
  if (/[#&]token=/.test(location.hash)) location.reload();
});
window.addEventListener("pagehide", () => app.flush());
window.addEventListener("online", () => app.connection.retryNow());
