// Reads a list of objects from standard input and prints what Strimzi's v1 schemas say against them, as a JSON list.
'use strict';
const path = require('node:path');

const tools = path.join(__dirname, '..', '..', 'tools', 'npm', 'node_modules');
const models = require(path.join(tools, '@kubernetes-models', 'strimzi-kafka-operator', 'kafka.strimzi.io', 'v1'));

const problems = [];
const documents = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
for (const document of documents) {
  const name = `${document.kind}/${document.metadata.name}`;
  const Model = models[document.kind];
  if (Model === undefined || document.apiVersion !== 'kafka.strimzi.io/v1') {
    problems.push(`${name}: no such kind in kafka.strimzi.io/v1`);
    continue;
  }
  try {
    new Model(document).validate();
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify(problems));
