"""Cameras and microphones that are pulled out and plugged in again, which no browser has for a test."""

PLUGS = """(() => {
  const {mediaDevices} = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  const others = ["videoinput", "audioinput"].map((kind) => ({kind, deviceId: "another", groupId: "another"}));
  let plugged = "all";
  window.asked = [];
  mediaDevices.getUserMedia = async (wanted) => {
    const {deviceId} = wanted.video || wanted.audio;
    window.asked.push(deviceId ?? null);
    if (plugged === "none") throw new DOMException("", "NotFoundError");
    // The browser does not know the headset.
    if (deviceId?.exact === "headset") delete wanted.audio.deviceId;
    [window.track] = (window.stream = await open(wanted)).getTracks();
    return window.stream;
  };
  mediaDevices.enumerateDevices = async () => {
    if (plugged !== "all") return plugged === "none" ? [] : others;
    const all = await list();
    // Of a real microphone, as of none that Chromium makes up, "default" and the device itself are one group.
    const usual = all.find(({deviceId}) => deviceId === "default");
    return usual ? [...all, {kind: "audioinput", deviceId: "headset", groupId: usual.groupId}] : all;
  };
  const change = (what) => {
    plugged = what;
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
  window.lose = () => window.track.dispatchEvent(new Event("ended"));
  window.pull = () => { change("none"); window.lose(); };
  window.plugAnother = () => change("another");
  window.plug = () => change("all");
  // Longer than the page takes to look which devices there are.
  window.settled = () => new Promise((resolve) => setTimeout(resolve, 500));
})()"""
"""Plays to the page what a browser tells it of that; `asked` has the ids of devices that the page has wanted."""
