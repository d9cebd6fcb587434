"""
Say whether the objects that messages share fit their schemas.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""

from shocpp.ocpp.json_types import is_date_time, is_number, is_tenths


def IdTagInfo(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("status")
    if type(field) is not str or field not in {"Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"}:
        return False
    if "expiryDate" in value:
        known += 1
        field = value["expiryDate"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "parentIdTag" in value:
        known += 1
        field = value["parentIdTag"]
        if type(field) is not str or len(field) > 20:
            return False
    return len(value) == known


def ChargingSchedulePeriod(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("startPeriod")
    if type(field) is not int:
        return False
    field = value.get("limit")
    if not is_number(field) or not is_tenths(field):
        return False
    if "numberPhases" in value:
        known += 1
        field = value["numberPhases"]
        if type(field) is not int:
            return False
    return len(value) == known


def ChargingSchedule(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 2
    field = value.get("chargingRateUnit")
    if type(field) is not str or field not in {"A", "W"}:
        return False
    field = value.get("chargingSchedulePeriod")
    if type(field) is not list or not field:
        return False
    for item in field:
        if not ChargingSchedulePeriod(item):
            return False
    if "duration" in value:
        known += 1
        field = value["duration"]
        if type(field) is not int:
            return False
    if "startSchedule" in value:
        known += 1
        field = value["startSchedule"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "minChargingRate" in value:
        known += 1
        field = value["minChargingRate"]
        if not is_number(field) or not is_tenths(field):
            return False
    return len(value) == known


def ChargingProfile(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 5
    field = value.get("chargingProfileId")
    if type(field) is not int:
        return False
    field = value.get("stackLevel")
    if type(field) is not int:
        return False
    field = value.get("chargingProfilePurpose")
    if type(field) is not str or field not in {"ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"}:
        return False
    field = value.get("chargingProfileKind")
    if type(field) is not str or field not in {"Absolute", "Recurring", "Relative"}:
        return False
    field = value.get("chargingSchedule")
    if not ChargingSchedule(field):
        return False
    if "transactionId" in value:
        known += 1
        field = value["transactionId"]
        if type(field) is not int:
            return False
    if "recurrencyKind" in value:
        known += 1
        field = value["recurrencyKind"]
        if type(field) is not str or field not in {"Daily", "Weekly"}:
            return False
    if "validFrom" in value:
        known += 1
        field = value["validFrom"]
        if type(field) is not str or not is_date_time(field):
            return False
    if "validTo" in value:
        known += 1
        field = value["validTo"]
        if type(field) is not str or not is_date_time(field):
            return False
    return len(value) == known


def SampledValue(value: object) -> bool:
    if type(value) is not dict:
        return False
    known = 1
    field = value.get("value")
    if type(field) is not str:
        return False
    if "context" in value:
        known += 1
        field = value["context"]
        if type(field) is not str or field not in {"Interruption.Begin", "Interruption.End", "Other", "Sample.Clock", "Sample.Periodic", "Transaction.Begin", "Transaction.End", "Trigger"}:
            return False
    if "format" in value:
        known += 1
        field = value["format"]
        if type(field) is not str or field not in {"Raw", "SignedData"}:
            return False
    if "measurand" in value:
        known += 1
        field = value["measurand"]
        if type(field) is not str or field not in {"Current.Export", "Current.Import", "Current.Offered", "Energy.Active.Export.Register", "Energy.Active.Import.Register", "Energy.Reactive.Export.Register", "Energy.Reactive.Import.Register", "Energy.Active.Export.Interval", "Energy.Active.Import.Interval", "Energy.Reactive.Export.Interval", "Energy.Reactive.Import.Interval", "Frequency", "Power.Active.Export", "Power.Active.Import", "Power.Factor", "Power.Offered", "Power.Reactive.Export", "Power.Reactive.Import", "RPM", "SoC", "Temperature", "Voltage"}:
            return False
    if "phase" in value:
        known += 1
        field = value["phase"]
        if type(field) is not str or field not in {"L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"}:
            return False
    if "location" in value:
        known += 1
        field = value["location"]
        if type(field) is not str or field not in {"Body", "Cable", "EV", "Inlet", "Outlet"}:
            return False
    if "unit" in value:
        known += 1
        field = value["unit"]
        if type(field) is not str or field not in {"Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A", "V", "Celsius", "Celcius", "Fahrenheit", "K", "Percent", "Hertz"}:
            return False
    return len(value) == known


def MeterValue(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("timestamp")
    if type(field) is not str or not is_date_time(field):
        return False
    field = value.get("sampledValue")
    if type(field) is not list or not field:
        return False
    for item in field:
        if not SampledValue(item):
            return False
    return len(value) == 2


def CertificateHashData(value: object) -> bool:
    if type(value) is not dict:
        return False
    field = value.get("hashAlgorithm")
    if type(field) is not str or field not in {"SHA256", "SHA384", "SHA512"}:
        return False
    field = value.get("issuerNameHash")
    if type(field) is not str or len(field) > 128:
        return False
    field = value.get("issuerKeyHash")
    if type(field) is not str or len(field) > 128:
        return False
    field = value.get("serialNumber")
    if type(field) is not str or len(field) > 40:
        return False
    return len(value) == 4
