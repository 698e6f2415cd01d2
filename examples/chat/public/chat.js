"use strict";
// The room in a browser. What others said is put in as text, never as HTML.

const element = id => document.getElementById(id);
const MAX_LINES = 500;
const FIRST_WAIT = 500, LONGEST_WAIT = 15000;   // milliseconds before the next try to connect

let name = "", socket = null, wait = FIRST_WAIT, newest = 0;

function status(text, kind) {
  element("status").textContent = text;
  element("status").className = kind;
}

function error(text) {
  element("error").textContent = text;
}

function line(kind, who, text) {
  const item = document.createElement("li");
  item.className = kind;
  if (kind === "text") {
    const by = document.createElement("b");
    by.textContent = who;
    const words = document.createElement("span");
    words.textContent = text;
    item.classList.toggle("mine", who === name);
    item.append(by, words);
  } else {
    item.textContent = `${who} ${kind === "came" ? "has come" : "has left"}`;
  }
  const log = element("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(item);
  while (log.children.length > MAX_LINES) log.firstChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function receive(message) {
  const [id, kind, who, ...rest] = message.split("\t");
  if (kind === "error") return error(rest.join("\t"));
  // After a reconnection the last ones come again.
  if (Number(id) <= newest) return;
  newest = Number(id);
  line(kind, who, rest.join("\t"));
}

function connect() {
  status("Connecting …", "waiting");
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/room?name=${encodeURIComponent(name)}`);
  socket.onopen = () => {
    wait = FIRST_WAIT;
    status(`In the room as ${name}`, "open");
    error("");
  };
  socket.onmessage = event => receive(event.data);
  socket.onclose = () => {
    status(`Not connected; trying again in ${Math.ceil(wait / 1000)} s`, "closed");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
}

element("door").addEventListener("submit", event => {
  event.preventDefault();
  name = element("name").value.trim();
  if (!name) return;
  localStorage.setItem("name", name);
  element("door").hidden = true;
  element("room").hidden = false;
  element("text").focus();
  connect();
});

element("say").addEventListener("submit", event => {
  event.preventDefault();
  const text = element("text").value.trim();
  if (!text) return;
  if (socket.readyState !== WebSocket.OPEN) return error("Not connected: that was not sent.");
  error("");
  socket.send(text);
  element("text").value = "";
});

element("name").value = localStorage.getItem("name") || "";
