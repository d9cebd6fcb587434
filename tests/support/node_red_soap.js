// Drives the SOAP nodes of node-red-contrib-ocpp, in the place of Node-RED: reads [command, data] as lines of JSON, hands
// one after another to the node, and prints what the node passes on, {"answer": {...}} or {"error": "..."}.
//
//   node node_red_soap.js FOLDER NODE VERSION URL IDENTITY
//
// FOLDER has node_modules with node-red-contrib-ocpp; NODE is ocpp-cp-req, which asks a central system, or ocpp-req,
// which asks a charge point; VERSION is 1.5s or 1.6s; URL and IDENTITY are whom it asks, and who the charge point is.
'use strict';
const [folder, name, version, url, identity] = process.argv.slice(2);
const EventEmitter = require('events');
const other = {url, cbId: identity, ocppver: version, name: identity};
let Node, answered, error;

require(`${folder}/node_modules/node-red-contrib-ocpp/ocpp/${name}`)({nodes: {
    createNode(node) {
        const inputs = new EventEmitter();
        node.on = inputs.on.bind(inputs);
        node.receive = inputs.emit.bind(inputs, 'input');
        node.status = () => {};
        node.error = (what) => { error = String(what); };
        node.send = (message) => answered(error === undefined ? {answer: message.payload.data} : {error});
    },
    getNode: () => other,
    registerType(_, type) { Node = type; },
}});

async function main() {
    const node = new Node({name: identity, ocppver: version});
    for await (const line of require('readline').createInterface({input: process.stdin})) {
        const [command, data] = JSON.parse(line);
        error = undefined;
        const answer = new Promise((resolve) => { answered = resolve; });
        node.receive({payload: {command, data}});
        console.log(JSON.stringify(await answer));
    }
}

main();
