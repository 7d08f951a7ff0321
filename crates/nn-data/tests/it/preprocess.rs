//! Tables become the inputs and the targets of networks: what is learnt, what is applied to other tables, and what is refused.

use nn_core::Tensor;
use nn_data::{Categories, Column, ColumnKind, DataError, Numbers, Recipe, Table};

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

/// Passengers of a ship. The first has no age, the second no port.
fn passengers() -> Table {
    Table::new([
        Column::categories("name", [Some("Ada"), Some("Bob"), Some("Cid"), Some("Dan")]),
        Column::numbers("class", [Some(3.0), Some(1.0), Some(10.0), Some(3.0)]),
        Column::categories("sex", [Some("female"), Some("male"), Some("male"), Some("female")]),
        Column::numbers("age", [None, Some(20.0), Some(30.0), Some(70.0)]),
        Column::categories("port", [Some("S"), None, Some("C"), Some("S")]),
        Column::numbers("fare", [Some(0.0), Some(7.0), Some(8.0), Some(15.0)]),
        Column::numbers("survived", [Some(1.0), Some(0.0), Some(0.0), Some(1.0)]),
    ])
    .unwrap()
}

fn recipe() -> Recipe {
    Recipe::new().except(["name"]).target_classes("survived")
}

fn column(x: &Tensor<f64>, feature: usize) -> &[f64] {
    x.feature(feature)
}

// --- What is learnt ---

#[test]
fn defaults_impute_scale_and_encode_every_column_but_the_target() {
    let table = passengers();
    let fitted = recipe().other_numbers(Numbers::new().unscaled()).fit(&table).unwrap();
    let names = ["class", "sex=female", "sex=male", "age", "port=C", "port=S", "fare"];
    assert_eq!(fitted.feature_names(), names);
    assert_eq!(fitted.features(), 7);
    let data = fitted.classes::<f64>(&table).unwrap();
    assert_eq!(column(data.x(), 1), [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(column(data.x(), 3), [30.0, 20.0, 30.0, 70.0]);
    assert_eq!(column(data.x(), 5), [1.0, 1.0, 0.0, 1.0]);
    assert_eq!((fitted.class_names(), data.y()), (&["0".into(), "1".into()][..], &vec![1, 0, 0, 1]));

    // Standardised, by default.
    let x = recipe().fit(&table).unwrap().transform::<f64>(&table).unwrap();
    for feature in [0, 3, 6] {
        let (mean, squares): (f64, f64) = x
            .feature(feature)
            .iter()
            .fold((0.0, 0.0), |(sum, squares), x| (sum + x / 4.0, squares + x * x / 4.0));
        assert!(mean.abs() < 1e-15 && (squares - 1.0).abs() < 1e-15, "{x}");
    }
}

#[test]
fn columns_are_treated_as_chosen_and_the_last_choice_counts() {
    let table = passengers();
    let unscaled = Numbers::new().unscaled();
    let fitted = Recipe::new()
        .features(["fare", "class", "age", "port", "sex"])
        .other_numbers(unscaled.clone().ln_1p())
        .numbers(["age"], Numbers::new())
        .numbers(["age"], unscaled.impute_constant(-1.0).indicator())
        .categories(["class"], Categories::new())
        .categories(["sex"], Categories::new().ordinal(["male", "female"]))
        .other_categories(Categories::new().impute_constant("none"))
        .fit(&table)
        .unwrap();
    let names = [
        "fare",
        "class=1",
        "class=3",
        "class=10",
        "age",
        "age is missing",
        "port=C",
        "port=S",
        "port=none",
        "sex",
    ];
    assert_eq!(fitted.feature_names(), names);
    let x = fitted.transform::<f64>(&table).unwrap();
    assert!((column(&x, 0)[1] - 3.0 * std::f64::consts::LN_2).abs() < 1e-15 && column(&x, 0)[0] == 0.0);
    assert_eq!(column(&x, 3), [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(column(&x, 4), [-1.0, 20.0, 30.0, 70.0]);
    assert_eq!(column(&x, 5), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(column(&x, 8), [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(column(&x, 9), [1.0, 0.0, 0.0, 1.0]);
    let kinds = [
        ("fare", ColumnKind::Number),
        ("class", ColumnKind::Number),
        ("age", ColumnKind::Number),
        ("port", ColumnKind::Category),
        ("sex", ColumnKind::Category),
    ];
    assert_eq!(fitted.columns(), kinds.map(|(name, kind)| (name.to_owned(), kind)));
    assert_eq!((fitted.class_names().len(), fitted.target_columns().len()), (0, 0));
}

#[test]
fn other_tables_are_treated_as_the_one_that_was_learnt_from() {
    let train = passengers();
    let how = Numbers::new().unscaled().indicator();
    let fitted = recipe().other_numbers(how).fit(&train).unwrap();
    // Another order, another column, values missing elsewhere, one class and one sex only.
    let other = Table::new([
        Column::numbers("survived", [Some(1.0)]),
        Column::categories("port", [Some("S")]),
        Column::numbers("fare", [None]),
        Column::categories("deck", [None]),
        Column::numbers("age", [Some(99.0)]),
        Column::categories("sex", [Some("male")]),
        Column::numbers("class", [Some(-0.0)]),
    ])
    .unwrap();
    let data = fitted.classes::<f64>(&other).unwrap();
    // class, sex=female, sex=male, age, age is missing, port=C, port=S, fare: the median, and no indicator.
    assert_eq!(data.x().sample(0).collect::<Vec<_>>(), [0.0, 0.0, 1.0, 99.0, 0.0, 0.0, 1.0, 7.5]);
    assert_eq!(data.y(), &[1]);
    // No row at all.
    let none = other.select(&[]).unwrap();
    assert_eq!(fitted.transform::<f32>(&none).unwrap().shape(), [0, 8]);
}

#[test]
fn classes_of_numbers_are_equal_however_they_are_written() {
    let table = |values: [f64; 3]| {
        Table::new([Column::numbers("x", values.map(Some)), Column::numbers("y", values.map(Some))]).unwrap()
    };
    let fitted = Recipe::new().target_classes("y").fit(&table([10.0, 9.5, -0.0])).unwrap();
    assert_eq!(fitted.class_names(), ["0", "9.5", "10"]);
    assert_eq!(fitted.classes::<f32>(&table([0.0, 10.0, 9.5])).unwrap().y(), &[0, 2, 1]);
}

#[test]
fn values_keep_their_scale() {
    let table = passengers();
    let fitted = Recipe::new().features(["age"]).target_values(["fare", "class"]).fit(&table).unwrap();
    let data = fitted.values::<f64>(&table).unwrap();
    assert_eq!(data.y(), &Tensor::from_rows(&[[0.0, 3.0], [7.0, 1.0], [8.0, 10.0], [15.0, 3.0]]));
    assert_eq!(fitted.target_columns()[1], ("class".to_owned(), ColumnKind::Number));
}

// --- What is refused ---

#[test]
fn a_column_that_cannot_be_used_is_named_with_what_to_do() {
    let fitted = recipe().fit(&passengers()).unwrap();
    let age = Column::numbers("age", [Some(1.0)]);
    says(
        fitted.transform::<f32>(&Table::new([age]).unwrap()),
        "column \"class\": expected a column of this name, found the columns \"age\"; give the table all columns of \
         the one that it was fitted on",
    );
    let fitted = Recipe::new().features(["age"]).fit(&passengers()).unwrap();
    let text = Table::new([Column::categories("age", [Some("22 years")])]).unwrap();
    says(
        fitted.transform::<f32>(&text),
        "column \"age\": expected numbers, as in the table it was fitted on, found categories; read the file with the \
         kinds of `Preprocessor::columns`, as `Csv::table_like` does",
    );
    says(
        Recipe::new().numbers(["sex"], Numbers::new()).fit(&passengers()),
        "column \"sex\": expected numbers, found categories; treat the column with `Recipe::categories`",
    );
    let empty =
        Table::new([Column::numbers("a", [None, None]), Column::numbers("b", [Some(0.0), None])]).unwrap();
    says(
        Recipe::new().fit(&empty),
        "column \"a\": expected at least one value to learn from, found none; leave the column out with \
         `Recipe::except`, or impute a constant",
    );
    let constant = Recipe::new().other_numbers(Numbers::new().impute_constant(3.0)).fit(&empty).unwrap();
    assert_eq!(column(&constant.transform(&empty).unwrap(), 0), [0.0, 0.0]);
    says(
        Recipe::new().target_values(["sex"]).fit(&passengers()),
        "column \"sex\": expected numbers, found categories; make the column a class with `Recipe::target_classes`",
    );
}

#[test]
fn a_value_that_cannot_be_used_is_named_with_its_row() {
    let fails =
        |how: Numbers, message: &str| says(Recipe::new().numbers(["x"], how).fit(&numbers()), message);
    fails(
        Numbers::new().refuse_missing(),
        "column \"x\", row 2: expected a number, found no value; impute it, as with `Numbers::impute_median`, or \
         leave the row out",
    );
    let above = |least: &str, found: &str, row: usize| {
        format!(
            "column \"x\", row {row}: expected a number above {least}, to take the logarithm, found {found}; take \
             none, or leave the row out"
        )
    };
    fails(Numbers::new().ln(), &above("0", "0", 1));
    fails(Numbers::new().ln_1p(), &above("-1", "-1", 3));
    // The rows of a part keep their numbers.
    let part = numbers().select(&[2, 1]).unwrap();
    let refusing = Recipe::new().other_numbers(Numbers::new().refuse_missing());
    assert!(refusing.fit(&part).unwrap_err().to_string().starts_with("column \"x\", row 2: "));

    let large = Table::new([Column::numbers("x", [Some(1e300), Some(0.0)])]).unwrap();
    let fitted = Recipe::new().other_numbers(Numbers::new().unscaled()).target_values(["y"]);
    let with_y =
        Table::new([large.columns()[0].clone(), Column::numbers("y", [Some(0.0), Some(-1e40)])]).unwrap();
    let fitted = fitted.fit(&with_y).unwrap();
    assert_eq!(fitted.values::<f64>(&with_y).unwrap().x()[[0, 0]], 1e300);
    let error = fitted.values::<f32>(&with_y).unwrap_err().to_string();
    assert!(error.starts_with("column \"x\", row 1: expected a number that is finite in f32"), "{error}");
    let small = Table::new([Column::numbers("x", [Some(0.0); 2]), with_y.columns()[1].clone()]).unwrap();
    let error = fitted.values::<f32>(&small).unwrap_err().to_string();
    assert!(error.starts_with("column \"y\", row 2: expected a number that is finite in f32"), "{error}");
}

fn numbers() -> Table {
    Table::new([Column::numbers("x", [Some(0.0), None, Some(-1.0)])]).unwrap()
}

fn letters(values: &[Option<&'static str>]) -> Table {
    Table::new([Column::categories("x", values.iter().copied())]).unwrap()
}

#[test]
fn an_unknown_category_is_refused_or_encoded() {
    let (train, other) = (letters(&[Some("a"), Some("b")]), letters(&[Some("a"), Some("c"), None]));
    let fit = |how: Categories| Recipe::new().categories(["x"], how).fit(&train);
    says(
        fit(Categories::new()).unwrap().transform::<f32>(&other),
        "column \"x\", row 2: expected one of the known categories \"a\", \"b\", found \"c\"; accept others with \
         `Categories::ignore_unknown`, or leave the row out",
    );
    let x = fit(Categories::new().ignore_unknown()).unwrap().transform::<f64>(&other).unwrap();
    assert_eq!(x, Tensor::from_rows(&[[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]));
    let ordinal = Categories::new().ordinal(["b", "a"]);
    says(
        fit(ordinal.clone()).unwrap().transform::<f32>(&other),
        "column \"x\", row 2: expected one of the known categories \"b\", \"a\", found \"c\"; add it to the order of \
         `Categories::ordinal`, or accept others with `Categories::unknown_as`",
    );
    let x = fit(ordinal.clone().unknown_as(-1.0)).unwrap().transform::<f64>(&other).unwrap();
    assert_eq!(x, Tensor::from_column(&[1.0, -1.0, 1.0]));
    // A constant that no training row had is unknown.
    let constant = Categories::new().impute_constant("none");
    says(
        fit(constant.clone()).unwrap().transform::<f32>(&letters(&[None])),
        "column \"x\", row 1: expected one of the known categories \"a\", \"b\", found no value, for which \"none\" is \
         imputed; accept others with `Categories::ignore_unknown`, or leave the row out",
    );
    says(
        fit(Categories::new().refuse_missing()).unwrap().transform::<f32>(&letters(&[None])),
        "column \"x\", row 1: expected a category, found no value; impute it, as with \
         `Categories::impute_most_frequent`, or leave the row out",
    );
    // What is fitted must not have what is refused.
    assert!(fit(Categories::new().ordinal(["a"])).unwrap_err().to_string().contains("row 2"));
    says(
        fit(Categories::new().ordinal(["a", "b", "a"])),
        "column \"x\": expected an order that has each category once, found \"a\"; change the order of \
         `Categories::ordinal`",
    );
    for (code, found) in [(1.0, "1"), (0.0, "0"), (f64::NAN, "NaN"), (1e39, "1e39, which is inf in f32")] {
        let error = fit(ordinal.clone().unknown_as(code)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("Categories: unknown_as is {found}, expected ")), "{error}");
    }
}

#[test]
fn numbers_as_categories_are_found_by_value() {
    let table = |values: &[Option<f64>]| Table::new([Column::numbers("x", values.iter().copied())]).unwrap();
    let train = table(&[Some(1.0), Some(0.5), None, Some(-0.0)]);
    let fit = |how: Categories| Recipe::new().categories(["x"], how).fit(&train);
    let fitted = fit(Categories::new().impute_constant("5e-1")).unwrap();
    assert_eq!(fitted.feature_names(), ["x=0", "x=0.5", "x=1"]);
    let x = fitted.transform::<f64>(&table(&[Some(0.0), None])).unwrap();
    assert_eq!(x, Tensor::from_rows(&[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]));
    let fitted = fit(Categories::new().ordinal(["1.0", "0", "0.50"])).unwrap();
    assert_eq!(column(&fitted.transform(&table(&[Some(1.0), Some(0.0)])).unwrap(), 0), [0.0, 1.0]);
    for wrong in ["1", "one"] {
        let error = fit(Categories::new().ordinal(["1.0", "0", "0.5", wrong])).unwrap_err().to_string();
        assert!(error.contains("each number once, and nothing else"), "{error}");
    }
    says(
        fit(Categories::new().impute_constant("none")),
        "column \"x\": expected a number to impute in a column of numbers, found \"none\"; impute a number",
    );
}

#[test]
fn a_target_must_be_there_and_known() {
    let table = |y: &[Option<&'static str>]| {
        let x = (0..y.len()).map(|row| Some(row as f64));
        Table::new([Column::numbers("x", x), Column::categories("y", y.iter().copied())]).unwrap()
    };
    let recipe = Recipe::new().target_classes("y");
    let missing =
        "column \"y\", row 2: expected a class, found no value; leave out the rows without a target";
    says(recipe.fit(&table(&[Some("a"), None])), missing);
    let fitted = recipe.fit(&table(&[Some("b"), Some("a")])).unwrap();
    says(fitted.classes::<f32>(&table(&[Some("a"), None])), missing);
    says(
        fitted.classes::<f32>(&table(&[Some("a"), Some("c")])),
        "column \"y\", row 2: expected one of the classes that it was fitted on, \"a\", \"b\", found \"c\"; leave the \
         row out, or fit on a table that has this class",
    );
    says(
        fitted.values::<f32>(&table(&[Some("a")])),
        "Preprocessor: the target of the recipe is classes, expected values, as of `Recipe::target_values`",
    );
    let none = Recipe::new().fit(&numbers()).unwrap();
    says(
        none.classes::<f32>(&numbers()),
        "Preprocessor: the target of the recipe is not chosen, expected classes, as of `Recipe::target_classes`",
    );
    says(
        Recipe::new().features(["y"]).target_values(["x"]).fit(
            &Table::new([Column::numbers("x", [Some(1.0), None]), Column::numbers("y", [Some(0.0); 2])])
                .unwrap(),
        ),
        "column \"x\", row 2: expected a number, found no value; leave out the rows without a target",
    );
}

#[test]
fn a_column_has_one_role() {
    let fails = |recipe: Recipe, message: &str| says(recipe.fit(&passengers()), message);
    for recipe in [
        Recipe::new().features(["age", "sex"]).target_classes("sex"),
        Recipe::new().categories(["sex"], Categories::new()).target_classes("sex"),
    ] {
        fails(recipe, "Recipe: column \"sex\" is also a feature, expected a target");
    }
    fails(
        Recipe::new().features(["age", "age"]),
        "Recipe: column \"age\" is twice among the features, expected a feature once",
    );
    fails(
        Recipe::new().target_values(["age", "age"]),
        "Recipe: column \"age\" is twice among the targets, expected a target once",
    );
    for recipe in [
        recipe().numbers(["age"], Numbers::new()).except(["age"]),
        recipe().features(["fare"]).numbers(["age"], Numbers::new()),
    ] {
        fails(
            recipe,
            "Recipe: column \"age\" is left out, expected a feature, because a treatment is chosen",
        );
    }
    let columns = "\"name\", \"class\", \"sex\", \"age\", \"port\", \"fare\", \"survived\"";
    for recipe in [
        Recipe::new().except(["Age"]),
        Recipe::new().features(["Age"]),
        Recipe::new().numbers(["Age"], Numbers::new()),
        Recipe::new().target_classes("Age"),
        Recipe::new().target_values(["age", "Age"]),
    ] {
        fails(recipe, &format!("Table: column is \"Age\", expected one of {columns}"));
    }
    fails(
        Recipe::new().features(["age"]).except(["age"]),
        "Recipe: number of features is 0, expected at least 1",
    );
    fails(Recipe::new().target_values([""; 0]), "Recipe: number of targets is 0, expected at least 1");
    says(
        recipe().fit(&passengers().select(&[]).unwrap()),
        "Recipe: number of rows is 0, expected at least 1",
    );
}

#[test]
fn names_are_no_features_unless_they_are_chosen() {
    let names: Vec<String> = (0..30).map(|row| format!("passenger {row}")).collect();
    let column = |name: &str, of: &dyn Fn(usize) -> usize| {
        Column::categories(name, (0..30).map(|row| Some(&names[of(row)][..])).collect::<Vec<_>>())
    };
    let table = Table::new([
        column("name", &|row| row),
        column("ticket", &|row| row / 2 + row % 2 * 7),
        column("cabin", &|row| row % 21),
        column("port", &|row| row % 20),
    ])
    .unwrap();
    says(
        Recipe::new().except(["ticket"]).fit(&table),
        "Recipe: the choice of features is nearly as many categories as rows in \"name\", \"cabin\", expected columns \
         whose categories repeat, since nothing is learnt from names and row numbers; leave these out with \
         `Recipe::except`, or name them in `Recipe::categories`",
    );
    let recipe = Recipe::new().except(["name", "ticket"]).categories(["cabin"], Categories::new());
    assert_eq!(recipe.fit(&table).unwrap().features(), 41);
}

#[test]
fn messages_are_short_whatever_a_table_holds() {
    let long = "x".repeat(100_000);
    let many: Vec<Column> = (0..1000)
        .map(|column| Column::categories(format!("{column}{long}"), [Some(&format!("{column}{long}")[..])]))
        .collect();
    let table = Table::new(many).unwrap();
    let one = Table::new([Column::categories(long.clone(), [Some(&long[..])])]).unwrap();
    let fitted = Recipe::new().target_classes(long.clone()).features(["y"]);
    let y = Column::numbers("y", [Some(1.0)]);
    let classes = Table::new([y.clone(), one.columns()[0].clone()]).unwrap();
    let others = Table::new([y, Column::categories(long.clone(), [Some(&format!("y{long}")[..])])]).unwrap();
    let errors = [
        Recipe::new().fit(&one).unwrap().transform::<f32>(&table).unwrap_err(),
        Recipe::new().except([&long[..]]).fit(&table).unwrap_err(),
        fitted.fit(&classes).unwrap().classes::<f32>(&others).unwrap_err(),
        Recipe::new().numbers([&long[..]], Numbers::new()).fit(&one).unwrap_err(),
        Recipe::new().categories([&long[..]], Categories::new().ordinal([&long[1..]])).fit(&one).unwrap_err(),
    ];
    for error in errors {
        let message = error.to_string();
        assert!(message.len() < 1500, "{message}");
    }
}
