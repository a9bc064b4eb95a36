/** The agents' console: everything works without this file by plain forms; with it the page is live. */
import { keepDrafts } from "./drafts.js";
import { listenToKeys } from "./keys.js";
import { Live } from "./live.js";
import { Notices } from "./notices.js";
import { offerReady } from "./ready.js";
import { followTalk } from "./talk.js";
import { countWaits } from "./waits.js";

const notices = new Notices();
keepDrafts();
countWaits();
followTalk();
listenToKeys();
offerReady();
new Live(notices).begin();
