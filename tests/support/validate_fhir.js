// Prints the errors of each FHIR resource of a JSON file, as [[number, message], ...].
const { readFileSync } = require("node:fs");
const { Fhir } = require("fhir");

const fhir = new Fhir();
const errors = [];
JSON.parse(readFileSync(process.argv[2], "utf8")).forEach((resource, number) => {
  const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
  for (const { severity, location, message } of messages) {
    if (severity === "error" || severity === "fatal") {
      errors.push([number, `${location}: ${message}`]);
    }
  }
});
process.stdout.write(JSON.stringify(errors));
