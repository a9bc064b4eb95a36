/** The agents' console: everything works without this file by plain forms; with it the page is live. */
// One with the rest: where a part can't be loaded, none is at work, and the forms are plain ones that tell what became of them.
import "../vendor/htmx/htmx.min.js";
import "./leaving.js";
import { keepDrafts } from "./drafts.js";
import { listenToKeys } from "./keys.js";
import { Live } from "./live.js";
import { Notices } from "./notices.js";
import { keepOpened } from "./opened.js";
import { keepPressed } from "./pressed.js";
import { keepProblems } from "./problems.js";
import { offerReady } from "./ready.js";
import { keepSearch } from "./search.js";
import { settleHands } from "./settled.js";
import { followTalk } from "./talk.js";
import { sendAgainOnce } from "./unanswered.js";
import { countWaits } from "./waits.js";
import { tellWriting } from "./writing.js";

const notices = new Notices();
keepDrafts();
countWaits();
followTalk();
listenToKeys();
keepOpened();
keepPressed();
keepProblems();
offerReady();
keepSearch();
sendAgainOnce();
settleHands();
tellWriting();
new Live(notices).begin();
