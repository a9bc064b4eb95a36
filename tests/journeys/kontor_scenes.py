"""What happens to customers of Kontorblatt beside what they say: its scenes are in `told/kontorblatt.toml`."""

from dialogs.messages import company
from tests.journeys.again_scenes import Again
from tests.journeys.scenes import Scene

NUMBER = "KB/2026/000001"


class Kunde(Scene):
    """A customer of Kontorblatt."""

    def signs_up(self) -> None:
        self._signs_up()

    def _signs_up(self) -> None:
        self.write("Guten Tag")
        self.press("Jetzt kaufen", "Neues Konto")
        self.write("Ich heiße Anna Schmidt", "anna.schmidt@beispiel.example")
        self.sets_password()
        self.press("Nur erforderliche")

    def names_the_company(self) -> None:
        """VIES knows the number and withholds whose it is."""
        self.will(company.LookUpCompany, company.CompanyFound(company.CompanyData("", "", "", ""), "vies"))
        self.write("Unsere USt-IdNr. ist DE 136 695 976")
        self.write("Bäckerei Morgenrot GmbH", "Lindenstraße 12", "80331", "München")

    def ordering_again(self) -> None:
        again = Again(self, "team")
        again.comes_back_after_the_end()
        again.gives_up()
        again.anew()
        self.write("/start", "start:log_in")
        again.logs_in(again.running)
        again.buys_while_it_runs()
        again.gives_up()
        again.talks_of_methods()
