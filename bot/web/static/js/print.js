/** The button that prints the page: without this script there is none, and the browser's menu prints as well. */
const button = document.getElementById("print");

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
