// Draws the group's messages and asks for new ones every second. The HTML of a bubble was made
// and escaped by the server.
const zh = document.documentElement.lang.startsWith("zh");
const phone = document.querySelector("main");
const list = document.getElementById("messages");
const empty = document.getElementById("empty");
const refused = document.getElementById("refused");
const time = new Intl.DateTimeFormat(zh ? "zh-CN" : "en", { timeStyle: "medium" });
let drawn = "";

function bubble(message) {
  const item = document.createElement("li");
  const head = document.createElement("div");
  head.className = "who";
  head.textContent = `Argo CD ${zh ? "机器人" : "robot"} · ${time.format(message.at_ms)}`;
  const body = document.createElement("div");
  body.className = "bubble";
  body.innerHTML = message.html;
  item.append(head, body);
  return item;
}

function draw(answer) {
  const end = phone.scrollHeight - phone.scrollTop - phone.clientHeight < 80;
  list.replaceChildren(...answer.messages.map(bubble));
  empty.hidden = answer.messages.length > 0;
  refused.textContent = answer.refused ? `${answer.refused} ${zh ? "条被拒绝" : "refused"}` : "";
  if (end) phone.scrollTop = phone.scrollHeight;
}

async function refresh() {
  try {
    const text = await (await fetch(phone.dataset.messages)).text();
    if (text !== drawn) {
      draw(JSON.parse(text));
      drawn = text;
    }
    phone.classList.remove("offline");
  } catch {
    phone.classList.add("offline");
  }
  setTimeout(refresh, 1000);
}
refresh();
