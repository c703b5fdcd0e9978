/* A page's line to its space: hears what happens there, and sends what people say until it is acknowledged.

   What was sent is kept (for this tab and this person) until the server says it has it, so a lost connection, a reload or
   a server that restarts loses nothing; sending again is harmless, because every frame carries its own id.
   When no WebSocket can be opened the same frames come as Server-Sent Events, and where those do not pass either, by
   asking every few seconds; what is sent then goes by plain requests. docs/protocol.md describes the frames. This file
   holds no words. */

import { openStream } from "./stream.js";

const FIRST_WAIT = 1000; // ms; doubled with each failure, drawn at random below it ("full jitter")
const LONGEST_WAIT = 10000;
const WAIT_BESIDE_STREAM = 60000; // between two attempts at a WebSocket while the stream is heard
const FAILURES_BEFORE_FALLING_BACK = 3;
const STREAMS_TRIED = 3; // in a row; then only asking is left until a WebSocket or a stream was heard again
const ASK_EVERY = 4000;
const ANSWER_WITHIN = 10000;
const PING_EVERY = 25000;
const KEEP_TRYING = new Set(["unavailable", "throttled"]);
const ID = /^[A-Za-z0-9_-]{8,64}$/;

const lines = new Map();

/** The line to a space; one per page, however many scripts ask for it.
 *  Options: space, seq (the last event the page shows), who (member id or 0), missedUrl, watching (not counted as a person).
 *  Events: "frame" (detail: the frame), "gap", "settled" (detail: {frame, answer}). */
export function lineTo(options) {
  if (!lines.has(options.space)) lines.set(options.space, new Line(options));
  return lines.get(options.space);
}

/** An id for something that is sent: sending it twice is one contribution. */
export function newId() {
  return crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Line extends EventTarget {
  constructor({ space, seq, who, missedUrl, watching }) {
    super();
    this.space = space;
    this.seq = Number(seq) || 0;
    this.missedUrl = missedUrl;
    this.watching = Boolean(watching);
    this.store = `minyi:kept:${space}:${who}`;
    this.kept = this.restore();
    this.waiters = new Map();
    this.failures = 0;
    this.streamsLost = 0;
    this.resting = "live";
    this.open();
    setInterval(() => this.watch(), 5000);
    // The socket of the network that went may stay open for minutes without carrying a word.
    addEventListener("offline", () => this.drop());
    addEventListener("online", () => this.retryNow());
    // A page put aside by the browser may be woken as it was.
    addEventListener("pagehide", () => {
      this.socket?.close();
      this.stopStream();
    });
    addEventListener("pageshow", (event) => event.persisted && this.retryNow());
  }

  /** The word for a line that hears: "live", or "ended" when nothing more is expected. */
  rest(state) {
    this.resting = state;
    if (this.isLive || this.isFallenBack) this.say(state);
  }

  get isLive() {
    return this.synced === true;
  }

  /** True while the line hears without a WebSocket. */
  get isFallenBack() {
    return this.isStreaming || this.isAsking;
  }

  /** Send a frame; resolves with the server's answer, however long that takes. `fallback` {url, fields} is the plain
   *  request that does the same. */
  send(frame, fallback) {
    const sent = { ...frame, id: ID.test(frame.id || "") ? frame.id : newId() };
    this.kept.set(sent.id, { frame: sent, fallback });
    this.save();
    const answer = new Promise((resolve) => this.waiters.set(sent.id, resolve));
    if (this.isLive) this.write(sent.id);
    else if (this.isFallenBack) this.deliver();
    return answer;
  }

  open() {
    clearTimeout(this.timer);
    this.synced = false;
    if (!this.isFallenBack) this.say(this.failures ? "lost" : "connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const language = encodeURIComponent(document.documentElement.lang);
    const socket = new WebSocket(`${scheme}//${location.host}/ws/p/${this.space}/?lang=${language}`);
    this.socket = socket;
    socket.addEventListener("message", (event) => this.hear(socket, event.data));
    socket.addEventListener("close", () => this.closed(socket));
  }

  hear(socket, text) {
    if (socket !== this.socket) return;
    this.pinged = 0;
    const frame = JSON.parse(text);
    if ("re" in frame) this.settle(frame);
    else if (frame.type === "hello") socket.send(JSON.stringify({ type: "hello", seq: this.seq, watching: this.watching }));
    else if (frame.type === "synced") this.live(frame.seq);
    else this.take(frame);
  }

  take(frame) {
    if (frame.seq > this.seq) this.seq = frame.seq;
    if (frame.type === "gap") this.dispatchEvent(new CustomEvent("gap"));
    else this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  live(seq) {
    this.synced = true;
    this.failures = 0;
    this.streamsLost = 0;
    this.stopStream();
    this.stopAsking();
    if (seq > this.seq) this.seq = seq;
    this.say(this.resting);
    for (const id of this.kept.keys()) this.write(id);
  }

  closed(socket) {
    if (socket !== this.socket) return;
    this.synced = false;
    this.failures += 1;
    if (!this.isFallenBack) this.say("lost");
    if (this.failures >= FAILURES_BEFORE_FALLING_BACK && this.missedUrl) this.fallBack();
    const longest = this.isStreaming ? WAIT_BESIDE_STREAM : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.failures - 1));
    this.timer = setTimeout(() => this.open(), Math.random() * longest);
  }

  /** Give up a socket that does not carry any more, without waiting for the other side to say so. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.pinged = 0;
    socket.close();
    this.closed(socket);
    this.socket = null;
  }

  retryNow() {
    if (this.isLive) return;
    this.failures = 0;
    this.open();
  }

  write(id) {
    const kept = this.kept.get(id);
    if (!kept || this.socket.readyState !== WebSocket.OPEN) return;
    kept.sentAt = Date.now();
    this.socket.send(JSON.stringify(kept.frame));
  }

  // A line can be dead without knowing it: what gets no answer in time is a lost connection.
  watch() {
    if (!this.isLive) return;
    const now = Date.now();
    const unanswered = [...this.kept.values()].some((kept) => kept.sentAt && now - kept.sentAt > ANSWER_WITHIN);
    if (unanswered || (this.pinged && now - this.pinged > ANSWER_WITHIN)) {
      this.drop();
    } else if (!this.pinged && now - (this.lastPing || 0) > PING_EVERY) {
      this.pinged = this.lastPing = now;
      this.socket.send(JSON.stringify({ type: "ping" }));
    }
  }

  settle(answer) {
    const kept = this.kept.get(answer.re);
    if (!kept) return;
    if (KEEP_TRYING.has(answer.error)) {
      kept.sentAt = 0;
      setTimeout(() => this.isLive && this.write(answer.re), ANSWER_WITHIN * (0.5 + Math.random() / 2));
      return;
    }
    this.kept.delete(answer.re);
    this.save();
    this.waiters.get(answer.re)?.(answer);
    this.waiters.delete(answer.re);
    this.dispatchEvent(new CustomEvent("settled", { detail: { frame: kept.frame, answer } }));
  }

  // Without a WebSocket: hear the frames on a stream or ask for them, and send by plain requests.

  fallBack() {
    if (this.stream) return;
    if (this.streamsLost >= STREAMS_TRIED) {
      this.startAsking();
      return;
    }
    const language = encodeURIComponent(document.documentElement.lang);
    const watching = this.watching ? "&watching=1" : "";
    this.stream = openStream(`/stream/p/${this.space}/?after=${this.seq}&lang=${language}${watching}`, {
      frame: (frame) => this.hearStream(frame),
      lost: () => this.streamEnded(),
    });
  }

  hearStream(frame) {
    if (frame.type !== "synced") {
      this.take(frame);
      return;
    }
    this.isStreaming = true;
    this.streamsLost = 0;
    this.stopAsking();
    if (frame.seq > this.seq) this.seq = frame.seq;
    this.say(this.resting);
    this.deliver();
  }

  streamEnded() {
    this.stopStream();
    this.streamsLost += 1;
    // Meanwhile the page hears by asking, and with the next attempt at a WebSocket comes the next one at a stream.
    this.startAsking();
    if (this.isLive || this.socket?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), Math.random() * LONGEST_WAIT);
  }

  stopStream() {
    this.isStreaming = false;
    this.stream?.close();
    this.stream = undefined;
  }

  startAsking() {
    if (this.isAsking) return;
    this.isAsking = true;
    this.ask();
  }

  stopAsking() {
    this.isAsking = false;
    clearTimeout(this.asking);
  }

  async ask() {
    try {
      const answer = await fetch(`${this.missedUrl}?after=${this.seq}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const missed = await answer.json();
      if (!this.isAsking) return;
      for (const frame of missed.frames) this.take(frame);
      if (missed.seq > this.seq) this.seq = missed.seq;
      this.say(this.resting);
      await this.deliver();
    } catch {
      this.say("lost");
    }
    if (this.isAsking) this.asking = setTimeout(() => this.ask(), ASK_EVERY);
  }

  /** Send what is kept by plain requests; what does not arrive is tried again. */
  async deliver() {
    clearTimeout(this.delivering);
    try {
      for (const id of [...this.kept.keys()]) await this.request(id);
    } catch {
      if (!this.isAsking) this.say("lost");
    }
    const waits = [...this.kept.values()].some((kept) => kept.fallback);
    if (waits && this.isStreaming) this.delivering = setTimeout(() => this.deliver(), ASK_EVERY);
  }

  async request(id) {
    const kept = this.kept.get(id);
    if (!kept?.fallback || kept.isUnderWay) return;
    kept.isUnderWay = true;
    try {
      await this.post(id, kept);
    } finally {
      kept.isUnderWay = false;
    }
  }

  async post(id, kept) {
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
    const body = new URLSearchParams(kept.fallback.fields || {});
    const headers = { Accept: "application/json", ...token };
    const reply = await fetch(kept.fallback.url, { method: "POST", body, headers });
    if (reply.status >= 500 || !(reply.headers.get("Content-Type") || "").includes("json")) return;
    this.settle({ re: id, ...(await reply.json()) });
  }

  say(state) {
    document.dispatchEvent(new CustomEvent("minyi:connection", { detail: { state } }));
  }

  restore() {
    try {
      return new Map(JSON.parse(sessionStorage.getItem(this.store) || "[]"));
    } catch {
      return new Map();
    }
  }

  save() {
    try {
      const plain = [...this.kept].map(([id, { frame, fallback }]) => [id, { frame, fallback }]);
      sessionStorage.setItem(this.store, JSON.stringify(plain));
    } catch {
      // No storage in this browser: what is not acknowledged lives as long as the page.
    }
  }
}
