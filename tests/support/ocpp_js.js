// Drives the charge point of ocpp-js: reads [method, data] as lines of JSON, calls one after the other, and ends with
// the input. What it is answered ocpp-js itself prints: "... Result {...}", or "... ERROR ...".
//
//   node ocpp_js.js FOLDER URL IDENTITY ADDRESS
//
// FOLDER has node_modules with ocpp-js, URL is the central system's, ADDRESS where the charge point says that it is.
'use strict';
const [folder, url, identity, address] = process.argv.slice(2);
const ChargingPoint = require(`${folder}/node_modules/ocpp-js/entities/ChargingPoint`);
const point = new ChargingPoint(address, identity);
const log = console.log;
let answered = () => {};
console.log = (...words) => {
    log(...words);
    if (/ Result | ERROR /.test(words.join(' '))) answered();
};

async function main() {
    while (!point.client) await new Promise((resolve) => setTimeout(resolve, 5));
    point.client.setEndpoint(url);
    for await (const line of require('readline').createInterface({input: process.stdin})) {
        const [method, data] = JSON.parse(line);
        const answer = new Promise((resolve) => { answered = resolve; });
        point[method](data);
        await answer;
    }
}

main();
