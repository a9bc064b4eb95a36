/** The sandbox's instruments on the landing page and at `/sandbox`. */
import { byId } from "../dom.js";
import { drawKept, drawPayments } from "./bank.js";
import { tell, wind } from "./clock.js";
import { ask, t, watch } from "./common.js";
import { followPurchase, guide } from "./guide.js";
import { drawMessages } from "./messages.js";
import { drawRegisters } from "./registers.js";
import { drawEvents } from "./seller.js";

/** @param {string} words */
const trouble = (words) => {
  if (byId("trouble").textContent !== words) byId("trouble").textContent = words;
};
const told = (works) => trouble(works ? "" : t("failed"));

wind(told);
tell();
guide();
watch(
  ["messages", "payments", "methods", "events"],
  ([messages, payments, methods, events]) => {
    drawMessages(messages);
    drawPayments(payments, told);
    drawKept(methods, told);
    drawEvents(events);
    followPurchase(messages, payments);
  },
  (works) => {
    if (!works) trouble(t("unreachable"));
    else if (byId("trouble").textContent === t("unreachable")) trouble("");
  },
);
ask("people").then(drawRegisters, () => trouble(t("unreachable")));
