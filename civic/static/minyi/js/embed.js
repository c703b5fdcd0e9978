// A ballot on somebody else's page: remember the voter's pass where these two sites together may keep something.
// Where a browser keeps nothing at all, the pass in the address lasts as long as the page is open.
const { voter, key } = document.body.dataset;

function remembered() {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(pass) {
  try {
    window.localStorage.setItem(key, pass);
  } catch {
    // Private windows may refuse; the address still carries the pass.
  }
}

const asked = new URLSearchParams(window.location.search).get("voter");
const earlier = remembered();
if (!asked && earlier && earlier !== voter) {
  window.location.replace(`?voter=${encodeURIComponent(earlier)}`);
} else {
  remember(voter);
}
