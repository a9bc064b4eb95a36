/** The registers: whom one may try, with numbers to copy. */
import { byId, h } from "../dom.js";
import { copier, numbersOf, profile, t } from "./common.js";

/** @param {any} people the answer of `/sandbox/api/people` */
export function drawRegisters(people) {
  const mine = (entry) => !profile || !entry.profile || entry.profile === profile;
  const companies = (people.companies ?? []).filter((company) => number(company) && (!numbersOf || company.country === numbersOf));
  const codes = (people.discounts ?? []).filter(mine);
  const customers = (people.customers ?? []).filter((customer) => mine(customer) && who(customer));
  const [first, ...others] = companies.map((company) => [number(company), company.name, shows(number(company), company.shows)]);
  const more = [
    [t("registers"), others],
    [t("codes"), codes.map((code) => [code.code, "", shows(code.code, code.shows)])],
    [t("customers"), customers.map((customer) => [who(customer), "", customer.shows])],
  ].filter(([, rows]) => rows.length);
  byId("registers").append(
    ...(first ? [ledger(t("registers"), [first])] : []),
    ...(more.length ? [h("details", {}, h("summary", {}, t("more_numbers")), ...more.map(([caption, rows]) => ledger(caption, rows)))] : []),
  );
}

const number = (company) => company.nip || company.partita_iva || company.vat_number || "";
const who = (customer) => customer.customer_number || customer.username || customer.email || "";

/** What an entry is good for, in the reader's language; the list's own words where nobody has translated them. */
const shows = (value, told) => (t(`shows_${value}`) === `shows_${value}` ? told : t(`shows_${value}`));

/** @param {string} caption @param {string[][]} rows value, name, what it shows */
function ledger(caption, rows) {
  return h(
    "table",
    { class: "ledger" },
    h("caption", { class: caption === t("registers") && "sr" }, caption),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("number")), h("th", { scope: "col" }, t("company")))),
    h("tbody", {}, ...rows.map(([value, name, told]) => h("tr", {}, h("td", {}, copier(value, value)), h("td", { dir: "auto" }, name ?? "", h("small", {}, told ?? ""))))),
  );
}
