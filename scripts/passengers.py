"""Writes data/passengers.csv and data/new_passengers.csv: passengers of a ferry line, all made up.

The tables are as people have them: fields separated by semicolons, decimal commas, numbers and categories side by side,
missing values written in two ways, a column of ticket numbers that means nothing. Whether somebody booked again depends on
class, age, fare, delay and company, not by a straight line, and partly on chance.

    python scripts/passengers.py            # rewrites the tables
    python scripts/passengers.py --check    # fails if they would change
"""

import math
import random

import oracle

RNG = random.Random(1912)
PORTS = {"Ancona": 0.5, "Split": 0.3, "Zadar": 0.2}
CLASSES = {"first": 0.2, "second": 0.3, "third": 0.5}
FARE = {"first": 120.0, "second": 55.0, "third": 24.0}
COLUMNS = ["ticket", "class", "age", "fare", "port", "companions", "delay", "booked again"]


def chosen(shares):
    return RNG.choices(list(shares), list(shares.values()))[0]


def passenger(number):
    cabin, port = chosen(CLASSES), chosen(PORTS)
    age = min(88, max(1, round(RNG.gauss(41, 17))))
    # Staff travels free of charge.
    fare = 0.0 if RNG.random() < 0.02 else FARE[cabin] * math.exp(RNG.gauss(0, 0.35))
    companions = min(6, int(RNG.expovariate(0.9)))
    delay = max(0, round(RNG.gauss(18, 30)))
    return {
        "ticket": f"F{number:05}",
        "class": cabin,
        "age": age,
        "fare": fare,
        "port": port,
        "companions": companions,
        "delay": delay,
        "booked again": "yes" if RNG.random() < probability(cabin, age, fare, port, companions, delay) else "no",
    }


def probability(cabin, age, fare, port, companions, delay):
    """Families come back, and so do passengers in their middle years; a delay is forgiven in a good cabin."""
    score = {"first": 1.4, "second": 0.4, "third": -0.6}[cabin]
    score += 2.2 * math.exp(-(((age - 45) / 15) ** 2)) - 1.0
    score -= delay / {"first": 60, "second": 22, "third": 14}[cabin]
    score += 1.2 if 1 <= companions <= 3 else -0.5
    score += 0.8 * (math.log1p(FARE[cabin]) - math.log1p(fare)) if fare > 0 else 1.0
    score += {"Ancona": 0.6, "Split": 0.0, "Zadar": -0.4}[port]
    return 1 / (1 + math.exp(-1.6 * score))


def written(name, value):
    """The value as the table has it, or one of the two ways in which it is missing."""
    share = {"age": 0.18, "class": 0.04, "fare": 0.03, "port": 0.02}.get(name, 0)
    if RNG.random() < share:
        return RNG.choice(["", "NA"])
    return f"{value:.2f}".replace(".", ",") if name == "fare" else str(value)


def table(columns, numbers):
    rows = [passenger(number) for number in numbers]
    lines = [";".join(columns)] + [";".join(written(name, row[name]) for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    files = {"data/passengers.csv": table(COLUMNS, range(1, 1201))}
    # Other rows, without a target, with the columns in another order and one more.
    new = ["ticket", "port", "age", "class", "companions", "fare", "delay"]
    files["data/new_passengers.csv"] = table(new, range(1201, 1209))
    oracle.main("Writes the passengers of a ferry line.", files)
